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
  if (bad?.includes('*')) return refused({ code: 'invalid_resource', problem: PART_OF_A_SEGMENT });
  if (bad !== undefined) return refused({ code: 'invalid_resource', problem: segmentProblem(bad) });
  return ok(text);
}

const PART_OF_A_SEGMENT = 'in a pattern, "*" stands for a whole segment, not for a part of one';

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

/** The most patterns that `coveringPatterns` returns for this valid resource or pattern, without making them. */
export const mostCovering = (pattern: string): number => 2 ** (pattern.split('/').length - 3);

/**
 * The literal beginnings that a pattern which covers this resource or pattern can have before its first wildcard segment: at most nine, so
 * that policies are found by a key. What is found may also not cover it: `PolicyIndex` compares the segments.
 */
export function coveringBeginnings(pattern: string): readonly string[] {
  const path = splitPath(pattern);
  if (typeof path === 'string') return [];
  const beginnings = [`vsecure://${path.kind}`];
  for (const segment of path.segments) {
    if (segment.includes('*')) break;
    beginnings.push(`${beginnings.at(-1)}/${segment}`);
  }
  return beginnings;
}

/** Whether the pattern covers this resource or narrower pattern. Compares segment by segment. The work grows with the segments, never with the number of possible patterns. */
export function covers(pattern: string, resource: string): boolean {
  const path = splitPath(resource);
  if (typeof path === 'string') return false;
  if (path.segments.length === 0) return pattern === resource;
  const wanted = splitPath(pattern);
  if (typeof wanted === 'string' || wanted.kind !== path.kind) return false;
  return coversSegments(wanted.segments, path.segments);
}

/** What several patterns cover together. Each pattern is read once: twenty patterns may be compared with thousands of names. */
export function coverage(patterns: readonly string[]) {
  const names = new Set(patterns);
  const wider = patterns.filter((pattern) => pattern.includes('*')).map(splitPath);
  const coversOne = (resource: string): boolean => {
    if (names.has(resource)) return true;
    if (wider.length === 0) return false;
    const path = splitPath(resource);
    if (typeof path === 'string' || path.segments.length === 0) return false;
    return wider.some(
      (wanted) =>
        typeof wanted !== 'string' &&
        wanted.kind === path.kind &&
        coversSegments(wanted.segments, path.segments),
    );
  };
  return { coversAll: (resources: readonly string[]) => resources.every(coversOne) };
}

function coversSegments(pattern: readonly string[], resource: readonly string[]): boolean {
  const last = pattern.length - 1;
  const deep = pattern[last] === '**';
  if (deep ? resource.length < pattern.length : resource.length !== pattern.length) return false;
  return pattern.every((segment, place) => {
    const other = resource[place];
    if (segment === '**') return place === last;
    return segment === '*' ? other !== '**' : segment === other;
  });
}

/**
 * The pattern as a POSIX regular expression that matches what `covers` accepts. It has no backtracking and no look-ahead: `*` is one literal
 * or `*`, and `**` is the rest.
 */
export function patternRegex(pattern: string): string {
  const segments = pattern.split('/').map((segment) => {
    if (segment === '**') return '.+';
    return segment === '*' ? '([^/*]+|[*])' : segment.replace(/[.\\+?^${}()|[\]]/g, '\\$&');
  });
  return `^${segments.join('/')}$`;
}

/**
 * The inverse of `patternRegex`: a regular expression, in POSIX and in JavaScript, that matches the patterns which cover this resource or
 * pattern. Its length grows with the pattern, while the number of those patterns doubles with each segment.
 */
export function coveringRegex(pattern: string): string {
  const path = splitPath(pattern);
  if (typeof path === 'string')
    throw new TypeError('only a valid pattern has patterns that cover it');
  const tail = path.segments.reduceRight<string | undefined>((below, segment) => {
    if (segment === '**') return '[*][*]';
    const literal = segment.replaceAll('.', '[.]');
    const head = segment === '*' ? '[*]' : `(${literal}|[*])`;
    return `([*][*]|${below === undefined ? head : `${head}/${below}`})`;
  }, undefined);
  return `^vsecure://${path.kind}${tail === undefined ? '' : `/${tail}`}$`;
}

/** Concatenates text instead of lists of segments, which cost several times as much. This runs for every request and every read. */
function coveringTails(below: readonly string[], segment: string): string[] {
  if (segment === '**') return ['**'];
  const heads = segment === '*' ? ['*'] : [segment, '*'];
  if (below.length === 0) return [...heads, '**'];
  return [...heads.flatMap((head) => below.map((tail) => `${head}/${tail}`)), '**'];
}
