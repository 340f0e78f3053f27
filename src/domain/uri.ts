/**
 * The resource grammar. A name that is not in its one valid form is refused, never normalised: the known bypasses of path policies
 * (dot segments, escapes, case, doubled slashes) all rely on a server that normalises its input.
 */

import { SEGMENT_MAX_LENGTH, URI_MAX_BYTES, URI_MAX_SEGMENTS } from './limits.js';
import { ok, type Result, refused } from './result.js';

export type ResourceKind = 'secrets' | 'templates' | 'audit' | 'api-keys';

/** A resource URI in its one valid form, for example `vsecure://secrets/production/DATABASE_URL`. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly uri: string;
}

const SCHEME = 'vsecure://';
/** Starts with a letter or digit, so `.` and `..` are not segments. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Parses an exact resource. Refuses with `invalid_resource` and the problem. */
export function parseResource(text: string): Result<Resource> {
  const path = splitPath(text);
  if (typeof path === 'string') return invalid(path);
  const { kind, segments } = path;
  const bad = segments.find((segment) => !isSegment(segment));
  if (bad !== undefined) return invalid(segmentProblem(bad));
  return ok({ kind, uri: text });
}

export interface Path {
  readonly kind: ResourceKind;
  readonly segments: readonly string[];
}

/** Splits `vsecure://kind/segments…`. Returns a sentence when scheme, kind or number of segments are wrong. The segments are not checked yet. */
export function splitPath(text: string): Path | string {
  if (text.length > URI_MAX_BYTES) return `longer than ${URI_MAX_BYTES} bytes`;
  if (!/^[\x21-\x7e]*$/.test(text)) return 'only printable ASCII without spaces is allowed';
  if (!text.startsWith(SCHEME)) return `must start with ${SCHEME}`;
  const [kind, ...segments] = text.slice(SCHEME.length).split('/');
  if (kind === 'audit' || kind === 'api-keys')
    return segments.length === 0 ? { kind, segments } : `${SCHEME}${kind} has no parts below it`;
  if (kind !== 'secrets' && kind !== 'templates')
    return 'must be vsecure://secrets/…, vsecure://templates/…, vsecure://audit or vsecure://api-keys';
  if (segments.length < 1 || segments.length > URI_MAX_SEGMENTS)
    return `needs 1 to ${URI_MAX_SEGMENTS} segments after vsecure://${kind}/`;
  return { kind, segments };
}

export function isSegment(segment: string): boolean {
  return segment.length <= SEGMENT_MAX_LENGTH && SEGMENT.test(segment);
}

export function segmentProblem(segment: string): string {
  if (segment === '') return 'has an empty segment';
  if (segment.length > SEGMENT_MAX_LENGTH)
    return `a segment is longer than ${SEGMENT_MAX_LENGTH} characters`;
  return 'a segment must start with a letter or digit and hold only letters, digits, ".", "_" and "-"';
}

function invalid(problem: string): Result<never> {
  return refused({ code: 'invalid_resource', problem });
}
