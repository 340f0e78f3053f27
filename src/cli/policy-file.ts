/** The policy file: a YAML list of the documents that the API takes, with short resource names allowed. */

import { readFile } from 'node:fs/promises';
import { type PolicyDocument, policyDocument } from '../contract/policy.js';
import { NotDone } from './outcome.js';
import { fullUri } from './resource-name.js';

/** All of the file, checked. Throws NotDone with every problem, by policy and field. */
export async function readPolicies(
  file: string,
  stdin: () => Promise<Uint8Array>,
): Promise<readonly PolicyDocument[]> {
  const text = file === '-' ? Buffer.from(await stdin()).toString('utf8') : await readText(file);
  const entries = await parse(file, text);
  const checked = entries.map((entry) => policyDocument.safeParse(withFullUri(entry)));
  const problems = checked.flatMap(({ error }, index) =>
    (error?.issues ?? []).map(
      ({ path, message }) => `  policy ${index + 1}: ${[...path.map(String), message].join(': ')}`,
    ),
  );
  const policies = checked.flatMap(({ data }) => data ?? []);
  const twice = policies
    .map(({ uri }) => uri)
    .find((uri, index, all) => all.indexOf(uri) !== index);
  if (twice) problems.push(`  ${twice} is there twice`);
  if (problems.length === 0) return policies;
  throw new NotDone(`Nothing was changed: ${file} is not valid.\n${problems.join('\n')}`);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new NotDone(`${file} cannot be read (${code}).`);
  });
}

async function parse(file: string, text: string): Promise<readonly unknown[]> {
  // Loaded only here: no other command reads YAML.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { version: '1.2', stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new NotDone(`${file} is not valid YAML: ${problem.message}`);
  const list: unknown = document.toJS({ maxAliasCount: 100 });
  if (Array.isArray(list)) return list;
  throw new NotDone(`${file} must hold a list of policies: lines that begin with "- uri: …".`);
}

function withFullUri(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('uri' in entry)) return entry;
  return typeof entry.uri === 'string' ? { ...entry, uri: fullUri(entry.uri) } : entry;
}
