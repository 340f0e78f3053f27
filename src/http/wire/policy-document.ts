/** A policy document read: durations become milliseconds, time windows are understood. Refuses with every problem, by field. */

import type { z } from 'zod';
import type { policyDocument } from '../../contract/policy-document.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_CEILING, DURATION_MIN } from '../../domain/limits.js';
import { parsePattern } from '../../domain/pattern.js';
import type { AutoApprove } from '../../domain/policy/auto-approve.js';
import { parseWindow, type TimeWindow } from '../../domain/policy/time-window.js';
import { explain } from '../../domain/refusal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { PolicyChanges } from '../../usecases/policies/policy-write.js';

export type Document = z.output<typeof policyDocument>;

export interface ReadDocument {
  readonly uri: string;
  /** Only the fields that were named: when merged, an absent field and an undefined one differ. */
  readonly changes: PolicyChanges;
  /** How abbreviations of time zones were understood. */
  readonly notes: readonly string[];
}

/** What is wrong and what is worth saying, gathered while a document is read. */
interface Findings {
  readonly problems: string[];
  readonly notes: string[];
}

export function readDocument(document: Document): Result<ReadDocument> {
  const findings: Findings = { problems: [], notes: [] };
  const read = readInto(document, findings);
  return answer(read, findings.problems, '; ');
}

/** A whole set, its problems a line each, named by place: `policies[3].maxDuration: …`. */
export function readDocuments(documents: readonly Document[]): Result<readonly ReadDocument[]> {
  const problems: string[] = [];
  const read = documents.map((document, index) => {
    const findings: Findings = { problems: [], notes: [] };
    const one = readInto(document, findings);
    const pattern = parsePattern(document.uri);
    if (!pattern.ok) findings.problems.push(`uri: ${explain(pattern.refusal)}`);
    problems.push(...findings.problems.map((problem) => `policies[${index}].${problem}`));
    return one;
  });
  return answer(read, problems, '\n');
}

function answer<T>(value: T, problems: readonly string[], between: string): Result<T> {
  if (problems.length === 0) return ok(value);
  return refused({ code: 'invalid_input', problem: problems.join(between) });
}

function readInto(document: Document, findings: Findings): ReadDocument {
  const { uri, autoApprove, defaultDuration, maxDuration, requestTtl, escalateAfter, ...rest } =
    document;
  const span = (field: string, text: string | undefined) =>
    text === undefined ? {} : { [field]: readSpan(field, text, findings) };
  const durations: Pick<
    PolicyChanges,
    'defaultDuration' | 'maxDuration' | 'requestTtl' | 'escalateAfter'
  > = {
    ...span('defaultDuration', defaultDuration),
    ...span('maxDuration', maxDuration),
    ...span('requestTtl', requestTtl),
    ...span('escalateAfter', escalateAfter),
  };
  if ((durations.defaultDuration ?? 0) > (durations.maxDuration ?? Number.POSITIVE_INFINITY))
    findings.problems.push('defaultDuration: longer than maxDuration');
  const auto = autoApprove && { autoApprove: readAutoApprove(autoApprove, findings) };
  return { uri, changes: { ...rest, ...durations, ...auto }, notes: findings.notes };
}

function readAutoApprove(
  { enabled, conditions = {} }: NonNullable<Document['autoApprove']>,
  findings: Findings,
): AutoApprove {
  const { timeWindow, requester, operations, maxDuration } = conditions;
  const field = 'autoApprove.conditions';
  return {
    enabled,
    conditions: {
      ...(timeWindow !== undefined && {
        timeWindow: readWindows(`${field}.timeWindow`, timeWindow, findings),
      }),
      ...(requester && { requester }),
      ...(operations && { operations }),
      ...(maxDuration !== undefined && {
        maxDuration: readSpan(`${field}.maxDuration`, maxDuration, findings),
      }),
    },
  };
}

/** One window or a list; a problem names the place in the list. */
function readWindows(
  field: string,
  given: string | readonly string[],
  { problems, notes }: Findings,
): readonly TimeWindow[] {
  const texts = typeof given === 'string' ? [given] : given;
  return texts.flatMap((text, index) => {
    const place = typeof given === 'string' ? field : `${field}[${index}]`;
    const reading = parseWindow(text);
    if (!reading.ok) problems.push(`${place}: ${reading.problem}`);
    else if (reading.note !== undefined) notes.push(`${place}: ${reading.note}.`);
    return reading.ok ? [reading.value] : [];
  });
}

/** Milliseconds within what any policy may set. */
function readSpan(field: string, text: string, { problems }: Findings): number {
  const ms = parseDuration(text) ?? 0;
  if (ms >= DURATION_MIN && ms <= DURATION_CEILING) return ms;
  const [least, most] = [DURATION_MIN, DURATION_CEILING].map(formatDuration);
  problems.push(`${field}: a duration out of range; write ${least} to ${most}`);
  return DURATION_MIN;
}
