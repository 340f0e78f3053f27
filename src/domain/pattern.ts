/**
 * Patterns over resources: `*` is one segment, `**` (last segment only) any depth of at least one. Our own matcher: glob
 * libraries bring negation, classes and back-tracking that a policy must not have.
 */

import { type Result, refused } from './result.js';
import { isSegment, segmentProblem, splitPath } from './uri.js';

/** Reads a pattern; an exact resource is one too. Refuses with `invalid_resource` and what is wrong. */
export function parsePattern(text: string): Result<string> {
  const path = splitPath(text);
  if (typeof path === 'string') return refused({ code: 'invalid_resource', problem: path });
  const { segments } = path;
  const early = segments.indexOf('**');
  if (early !== -1 && early !== segments.length - 1)
    return refused({ code: 'invalid_resource', problem: '"**" may only be the last segment' });
  const bad = segments.find((part) => part !== '*' && part !== '**' && !isSegment(part));
  if (bad !== undefined) return refused({ code: 'invalid_resource', problem: segmentProblem(bad) });
  return { ok: true, value: text };
}

/**
 * Every pattern that covers this resource or pattern, itself included, most specific first: segment by segment a literal comes
 * before `*` before `**`. At most 511, usually under 16, so finding the deciding policy is one lookup by key, not a scan.
 */
export function coveringPatterns(pattern: string): readonly string[] {
  const path = splitPath(pattern);
  if (typeof path === 'string') return [];
  if (path.segments.length === 0) return [pattern];
  const tails = path.segments.reduceRight(coveringTails, []);
  return tails.map((tail) => `vsecure://${path.kind}/${tail}`);
}

/** Does the pattern cover this resource (or narrower pattern)? */
export function covers(pattern: string, resource: string): boolean {
  return coveringPatterns(resource).includes(pattern);
}

/** Text all the way: lists of segments would cost several times as much, and this is done for every request and read. */
function coveringTails(below: readonly string[], segment: string): string[] {
  if (segment === '**') return ['**'];
  const heads = segment === '*' ? ['*'] : [segment, '*'];
  if (below.length === 0) return [...heads, '**'];
  return [...heads.flatMap((head) => below.map((tail) => `${head}/${tail}`)), '**'];
}
