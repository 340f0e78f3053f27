/**
 * Patterns over resources: `*` matches one segment, `**` (last segment only) one or more segments. vsecure has its own matcher
 * because glob libraries add negation, character classes and backtracking that a policy must not have.
 */

import { ok, type Result, refused } from './result.js';
import { isSegment, segmentProblem, splitPath } from './uri.js';

/** Parses a pattern; an exact resource is a pattern too. Refuses with `invalid_resource` and the problem. */
export function parsePattern(text: string): Result<string> {
  const path = splitPath(text);
  if (typeof path === 'string') return refused({ code: 'invalid_resource', problem: path });
  const { segments } = path;
  const depth = segments.indexOf('**');
  if (depth !== -1 && depth !== segments.length - 1)
    return refused({ code: 'invalid_resource', problem: '"**" may only be the last segment' });
  const bad = segments.find((part) => part !== '*' && part !== '**' && !isSegment(part));
  if (bad !== undefined) return refused({ code: 'invalid_resource', problem: segmentProblem(bad) });
  return ok(text);
}

/**
 * Returns every pattern that covers this resource or pattern, including itself, most specific first: in each segment a literal
 * comes before `*`, and `*` before `**`. There are at most 511 and usually fewer than 16, so the deciding policy is found by key, not by a scan.
 */
export function coveringPatterns(pattern: string): readonly string[] {
  const path = splitPath(pattern);
  if (typeof path === 'string') return [];
  if (path.segments.length === 0) return [pattern];
  const tails = path.segments.reduceRight(coveringTails, []);
  return tails.map((tail) => `vsecure://${path.kind}/${tail}`);
}

/** Whether the pattern covers this resource or narrower pattern. */
export function covers(pattern: string, resource: string): boolean {
  return coveringPatterns(resource).includes(pattern);
}

/** Concatenates text instead of lists of segments, which cost several times as much. This runs for every request and every read. */
function coveringTails(below: readonly string[], segment: string): string[] {
  if (segment === '**') return ['**'];
  const heads = segment === '*' ? ['*'] : [segment, '*'];
  if (below.length === 0) return [...heads, '**'];
  return [...heads.flatMap((head) => below.map((tail) => `${head}/${tail}`)), '**'];
}
