/** The document that shows every sample with what it printed. */

import path from 'node:path';
import { sourceOf } from './sample-runner.js';

export interface Shown {
  readonly sample: string;
  readonly title: string;
  /** Who runs it, and what there is to know. */
  readonly about: string;
  /** What was seen, each part under a line of its own. */
  readonly seen?: readonly (readonly [heading: string, output: string])[];
}

const HEAD = `# From the samples

Every program and command of the document that vsecure grew from, with the packages by their names here, and what it prints. The tests run
them all against a real server, with the packages as npm would install them. This page is written by \`npx vitest run test/seed -u\`;
ids, times, addresses and random values are replaced by others of the same length.

\`claude-desktop\` is the key of Bob's AI tool, and Alice approves. \`VSECURE_URL\` and \`VSECURE_API_KEY\` say where the server is and who
runs a sample.
`;

export function pageOf(all: readonly Shown[]): string {
  return [HEAD, ...all.map(sectionOf)].join('\n');
}

function sectionOf({ sample, title, about, seen = [] }: Shown): string {
  const source = fence(path.extname(sample).slice(1), sourceOf(sample));
  const parts = seen.map(([heading, output]) => `${heading}\n\n${fence('', output)}`);
  return [`## ${title}\n`, `${about}\n`, source, ...parts].join('\n');
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
