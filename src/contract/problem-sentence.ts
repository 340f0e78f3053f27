/** Describes one input problem: the field and what is wrong. Of what was sent, it repeats only plain field names. */

import type { z } from 'zod';

export type InputIssue = z.core.$ZodIssue;

/** The path of the field, like `approvers[0]`. Empty for the whole input. */
function fieldOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

/** For an issue with the messages of `plainError`. For example: `approvers[0]: a number is not an approver; use an e-mail address, …`. */
export function sentenceOf({ path, ...issue }: InputIssue): string {
  const field = fieldOf(path);
  const problem =
    issue.code === 'unrecognized_keys'
      ? [unknownFields(issue.keys), issue.message].filter((text) => text !== '').join('; ')
      : issue.message;
  return field ? `${field}: ${problem}` : problem;
}

/** Repeats at most ten field names of the sender, and only plain ones. */
function unknownFields(keys: readonly string[]): string {
  const plain = keys.filter((key) => /^[A-Za-z][A-Za-z0-9_.-]{0,40}$/.test(key)).slice(0, 10);
  return plain.length > 0 ? `unknown field ${plain.join(', ')}` : 'unknown field';
}
