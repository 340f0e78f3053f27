/**
 * What is approved is what is granted: one digest over everything a decision depends on. It is stored with the approval, carried
 * by the buttons, and checked when deciding and granting.
 */

import { canonicalJson } from './canonical-json.js';

/** SHA-256 over UTF-8, lower-case hex. */
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

export function requestDigest(digest: HashText, request: DigestedRequest): string {
  const { resources, operation, duration, principal, policy, policyVersion } = request;
  return digest(
    canonicalJson({ resources, operation, duration, principal, policy, policyVersion }),
  );
}
