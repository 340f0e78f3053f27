/**
 * The digest: a hash over everything that a decision depends on. It is stored with the approval, carried by the Slack buttons, and
 * checked when deciding and granting, so that exactly what was approved is granted.
 */

import { canonicalJson } from './canonical-json.js';

/** A hash function over UTF-8 text with lower-case hex output: SHA-256, or HMAC-SHA-256 where it is keyed. */
export type HashText = (text: string) => string;

export interface DigestedRequest {
  readonly resources: readonly string[];
  readonly operation: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly principal: string;
  readonly policy: string;
  readonly policyVersion: number;
}

export function requestDigest(hashText: HashText, request: DigestedRequest): string {
  const { resources, operation, duration, principal, policy, policyVersion } = request;
  return hashText(
    canonicalJson({ resources, operation, duration, principal, policy, policyVersion }),
  );
}
