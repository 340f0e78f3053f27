/** The policy file: policy documents of the API, as one list or as several YAML documents. Allows short resource names. */

import { readFile } from 'node:fs/promises';
import { plainError } from '../contract/accepted-values.js';
import { type PolicyDocument, policyDocument } from '../contract/policy-document.js';
import { type InputIssue, sentenceOf } from '../contract/problem-sentence.js';
import { fullUri } from '../contract/short-name.js';
import { utf8FileText } from '../contract/utf8.js';
import { VSecureError } from '../sdk/index.js';
import { CommandFailed } from './command-errors.js';
import type { Entry, LineProblem } from './yaml-entries.js';

export interface PolicyFile {
  readonly policies: readonly PolicyDocument[];
  /** Returns the answer of the call. Reports what the server refuses by file and line. */
  sent<T>(call: Promise<T>): Promise<T>;
}

/** Reads and checks the whole file. Throws CommandFailed with every problem, by line and field. */
export async function readPolicies(
  file: string,
  stdin: () => Promise<Uint8Array>,
): Promise<PolicyFile> {
  const name = file === '-' ? 'stdin' : file;
  const text = utf8FileText(file === '-' ? await stdin() : await readBytes(file));
  if (text === undefined) throw new CommandFailed(`${name} is not UTF-8 text. Save it as UTF-8.`);
  // Imported here, because no other command reads YAML.
  const { readEntries } = await import('./yaml-entries.js');
  const { entries, problems } = readEntries(text);
  const checked = entries.map((entry) => check(entry));
  const policies = checked.flatMap(({ policy }) => policy ?? []);
  const wrong = [...problems, ...checked.flatMap((one) => one.problems), ...twice(entries)];
  if (wrong.length > 0) throw invalid(name, wrong);
  if (policies.length === 0) throw new CommandFailed(`There is no policy in ${name}.`);
  return {
    policies,
    sent: (call) =>
      call.catch((error: unknown) => {
        throw located(name, entries, error);
      }),
  };
}

function located(name: string, entries: readonly Entry[], error: unknown): unknown {
  if (!(error instanceof VSecureError) || error.code !== 'invalid_input') return error;
  return new CommandFailed(`Nothing was changed.\n${withLines(name, entries, error.message)}`);
}

function check(entry: Entry): { policy?: PolicyDocument; problems: readonly LineProblem[] } {
  const { data, error } = policyDocument.safeParse(withFullUri(entry.value), { error: plainError });
  if (data) return { policy: data, problems: [] };
  return { problems: error.issues.flatMap((issue) => placesOf(entry, issue)) };
}

/** Reports each unknown field on its own line. */
function placesOf(entry: Entry, issue: InputIssue): readonly LineProblem[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [{ line: entry.lineOf(path), problem: sentenceOf(issue) }];
  return issue.keys.map((key) => ({
    line: entry.lineOf([...path, key]),
    // A suggestion for several fields does not say which it is for.
    problem: sentenceOf({ ...issue, keys: [key], ...(issue.keys.length > 1 && { message: '' }) }),
  }));
}

function twice(entries: readonly Entry[]): readonly LineProblem[] {
  const uris = entries.map(({ value }) => uriOf(value));
  return entries.flatMap((entry, index) =>
    uris[index] !== undefined && uris.indexOf(uris[index]) < index
      ? [{ line: entry.lineOf(['uri']), problem: `${uris[index]} is in the file twice` }]
      : [],
  );
}

function invalid(name: string, wrong: readonly LineProblem[]): CommandFailed {
  const lines = [...wrong]
    .sort((a, b) => a.line - b.line)
    .map(({ line, problem }) => `  ${name}:${line}: ${problem}`);
  return new CommandFailed(`Nothing was changed: ${name} is not valid.\n${lines.join('\n')}`);
}

/** The server reports each problem on a line, and names a policy by its place in the list or by its pattern. */
function withLines(name: string, entries: readonly Entry[], message: string): string {
  return message
    .split('\n')
    .map((problem) => `  ${placed(name, entries, problem)}`)
    .join('\n');
}

function placed(name: string, entries: readonly Entry[], problem: string): string {
  const [start, index, field = ''] = /^policies\[(\d+)\]\.([\w.[\]]+)/.exec(problem) ?? [];
  const at = entries[Number(index)];
  if (start && at)
    return `${name}:${at.lineOf(stepsOf(field))}: ${field}${problem.slice(start.length)}`;
  const about = entries.find(({ value }) => {
    const uri = uriOf(value);
    return uri !== undefined && [`${uri} `, `${uri}:`].some((begins) => problem.startsWith(begins));
  });
  return about ? `${name}:${about.lineOf(['uri'])}: ${problem}` : problem;
}

/** `autoApprove.conditions.timeWindow[0]` as a path. */
const stepsOf = (field: string): readonly PropertyKey[] =>
  (field.match(/\w+/g) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));

async function readBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${file} cannot be read (${code}).`);
  });
}

function withFullUri(value: unknown): unknown {
  const uri = uriOf(value);
  return typeof value === 'object' && uri !== undefined ? { ...value, uri } : value;
}

function uriOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('uri' in value)) return undefined;
  return typeof value.uri === 'string' ? fullUri(value.uri) : undefined;
}
