/** Prints what `slack:check` and `doctor` found: one line for each check, or one JSON document. */

import { escapeJson, escapeText } from '../cli/terminal-text.js';
import type { Checked } from '../slack/check/finding.js';

export interface PrintOptions {
  /** Prints one JSON document when all checks have ended. */
  readonly json: boolean;
  /** The JSON of one check. Default: the finding as it is. */
  readonly toJson?: (checked: Checked) => object;
}

/** Prints each finding as soon as it is known. Resolves with the exit code: 1 when a check failed. */
export async function printFindings(
  findings: AsyncIterable<Checked>,
  { json, toJson = (checked) => checked }: PrintOptions,
): Promise<0 | 1> {
  const all: Checked[] = [];
  for await (const one of findings) {
    all.push(one);
    if (!json) process.stdout.write(`${lineOf(one)}\n`);
  }
  const failures = count(all, 'failed');
  if (json)
    process.stdout.write(`${escapeJson({ ok: failures === 0, checks: all.map(toJson) })}\n`);
  else process.stdout.write(`${summary(all)}\n`);
  return failures === 0 ? 0 : 1;
}

const MARKS: Readonly<Record<Checked['result'], string>> = {
  ok: '✓ ok     ',
  failed: '✗ failed ',
  warning: '! warning',
  skipped: '– skipped',
};

function lineOf({ check, result, message, fix }: Checked): string {
  const todo = fix === undefined ? '' : `. Fix: ${fix}`;
  return escapeText(`${MARKS[result]}  ${check}: ${message.replace(/\.$/, '')}${todo}`);
}

const count = (all: readonly Checked[], wanted: Checked['result']): number =>
  all.filter(({ result }) => result === wanted).length;

function summary(all: readonly Checked[]): string {
  const failures = count(all, 'failed');
  const warnings = count(all, 'warning');
  if (failures === 1) return '1 check failed.';
  if (failures > 1) return `${failures} checks failed.`;
  if (warnings > 0)
    return warnings === 1 ? 'No check failed, 1 warns.' : `No check failed, ${warnings} warn.`;
  return 'All checks passed.';
}
