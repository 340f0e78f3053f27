/** Generates the document that shows every sample with its output. */

import path from 'node:path';
import { sourceOf } from './sample-runner.js';

export interface Shown {
  readonly sample: string;
  readonly title: string;
  /** Who runs the sample, and what the reader must know. */
  readonly about: string;
  /** Outputs, each under its own heading. */
  readonly seen?: readonly (readonly [heading: string, output: string])[];
}

const HEAD = `# From the samples

Every sample program and command of vsecure's original specification, adapted to the current package names, with its output. The tests
run all of them against a real server, with the packages as npm installs them. \`npx vitest run test/seed -u\` regenerates this page and
replaces ids, times, addresses and random values with placeholders of the same length.

\`claude-desktop\` is the key of Bob's AI tool; Alice approves. \`VSECURE_URL\` and \`VSECURE_API_KEY\` set the server and the key for each
sample.
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
