/** Reads a policy document: durations become milliseconds, time windows are parsed. Refuses with every problem, by field. */

import type { z } from 'zod';
import type { policyDocument } from '../../contract/policy-document.js';
import { parsePattern } from '../../domain/pattern.js';
import { FIELDS, type PolicyField } from '../../domain/policy/policy-fields.js';
import { explain } from '../../domain/refusal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { inTurns } from '../../usecases/in-turns.js';
import type { PolicyChanges } from '../../usecases/policies/policy-write.js';
import { CODECS, type Findings } from './policy-values.js';

export type Document = z.output<typeof policyDocument>;

export interface ReadDocument {
  readonly uri: string;
  /** Only the fields of the document: when merged, an absent field keeps its value. */
  readonly changes: PolicyChanges;
  /** How the server read abbreviations of time zones. */
  readonly notes: readonly string[];
}

export function readDocument(document: Document): Result<ReadDocument> {
  const findings: Findings = { problems: [], notes: [] };
  const read = readInto(document, findings);
  return answer(read, findings.problems, '; ');
}

/** A whole set. Each problem is a line that begins with its place: `policies[3].maxDuration: …`. */
export async function readDocuments(
  documents: readonly Document[],
): Promise<Result<readonly ReadDocument[]>> {
  const problems: string[] = [];
  const read = await inTurns(documents, (document, index) => {
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

function readInto({ uri, ...fields }: Document, findings: Findings): ReadDocument {
  const entries = Object.entries(fields).map(
    ([field, text]) => [field, readField(field, text, findings)] as const,
  );
  const changes = Object.fromEntries(entries) as PolicyChanges;
  if ((changes.defaultDuration ?? 0) > (changes.maxDuration ?? Number.POSITIVE_INFINITY))
    findings.problems.push('defaultDuration: longer than maxDuration');
  return { uri, changes, notes: findings.notes };
}

/** The schema of a document is strict, so that every field is one of the policy's. */
function readField(field: string, text: unknown, findings: Findings): unknown {
  return CODECS[FIELDS[field as PolicyField].form].read(text, field, findings);
}
