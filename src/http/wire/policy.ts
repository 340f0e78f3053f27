/** Policies between the wire, where durations are text, and the domain, where they are milliseconds. */

import type { z } from 'zod';
import type { policyDocument, WirePolicy } from '../../contract/policy.js';
import { formatDuration } from '../../domain/duration.js';
import type { Policy } from '../../domain/policy.js';
import { done, type Result } from '../../domain/result.js';
import type { PolicyChanges } from '../../usecases/configure-resource.js';
import { readPolicyDuration } from '../durations.js';

const DURATIONS = ['defaultDuration', 'maxDuration', 'requestTtl'] as const;

/** Only the fields that were named: when merged, an absent field and an undefined one differ. */
export function readPolicy(document: z.output<typeof policyDocument>): Result<PolicyChanges> {
  const { uri: _uri, defaultDuration: _d, maxDuration: _m, requestTtl: _t, ...rest } = document;
  const durations: Partial<Record<(typeof DURATIONS)[number], number>> = {};
  for (const field of DURATIONS) {
    const text = document[field];
    if (text === undefined) continue;
    const ms = readPolicyDuration(field, text);
    if (!ms.ok) return ms;
    durations[field] = ms.value;
  }
  return done({ ...rest, ...durations });
}

export function wirePolicy(policy: Policy): WirePolicy {
  const { permissions, approvers, decideFrom, defaultDuration, maxDuration, requestTtl } = policy;
  return {
    ...policy,
    permissions: [...permissions],
    approvers: approvers && [...approvers],
    decideFrom: [...decideFrom],
    defaultDuration: formatDuration(defaultDuration),
    maxDuration: formatDuration(maxDuration),
    requestTtl: formatDuration(requestTtl),
  };
}
