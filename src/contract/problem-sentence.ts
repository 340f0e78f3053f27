/** One problem of an input as a sentence: the field, and what is wrong with it. Nothing of what was sent but plain field names. */

import type { z } from 'zod';

export type InputIssue = z.core.$ZodIssue;

/** `approvers[0]`; empty for the whole. */
function fieldOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

/** `approvers[0]: a number; write e-mail addresses, …`. */
export function sentenceOf({ path, ...issue }: InputIssue): string {
  const field = fieldOf(path);
  const problem = issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : issue.message;
  return field ? `${field}: ${problem}` : problem;
}

/** Field names are the only words of the sender that are repeated, and only plain ones. */
function unknownFields(keys: readonly string[]): string {
  const plain = keys.filter((key) => /^[A-Za-z][A-Za-z0-9_.-]{0,40}$/.test(key)).slice(0, 10);
  return plain.length > 0 ? `unknown field ${plain.join(', ')}` : 'unknown field';
}
