/** Set the policy of a pattern: merged into what is there, or replacing it. Versioned, and audited with before and after. */

import { keyActor } from '../domain/audit-event.js';
import type { Json } from '../domain/canonical-json.js';
import {
  GRANT_DEFAULT,
  GRANT_MAX_DEFAULT,
  REASON_MIN_DEFAULT,
  REQUEST_TTL_DEFAULT,
} from '../domain/limits.js';
import { coveringPatterns, parsePattern } from '../domain/pattern.js';
import { approversOf, type Policy, type PolicyRules } from '../domain/policy.js';
import type { MakeId, Store, Tx } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { DOORS } from '../domain/vocabulary.js';
import { needScope } from './need-scope.js';

/** The fields of a policy that the writer names. Durations in milliseconds. */
export type PolicyChanges = Partial<Omit<PolicyRules, 'uri'>>;

export interface Configured {
  readonly policy: Policy;
  /** What the writer should know: the policy holds all the same. */
  readonly warnings: readonly string[];
}

export type ConfigureResource = (
  caller: Caller,
  uri: string,
  changes: PolicyChanges,
  mode: 'merge' | 'replace',
) => Promise<Result<Configured>>;

export interface ConfigureResourceParts {
  readonly store: Store;
  readonly makeId: MakeId;
  readonly defaultApprovers: readonly string[];
}

export function createConfigureResource(parts: ConfigureResourceParts): ConfigureResource {
  return async (caller, uri, changes, mode) => {
    const forbidden = needScope(caller, 'resources:manage');
    if (forbidden) return forbidden;
    const pattern = parsePattern(uri);
    if (!pattern.ok) return pattern;
    return parts.store.transaction(async (tx) => {
      const before = await tx.policies.lock(uri);
      const base = mode === 'merge' && before ? before : defaults(uri);
      const rules = {
        ...base,
        ...changes,
        uri,
        approvers: lowered(changes.approvers ?? base.approvers),
      };
      const problem = contradiction(rules);
      if (problem) return refused({ code: 'invalid_input', problem });
      const policy = before
        ? await tx.policies.replace(before, rules)
        : await tx.policies.insert(parts.makeId('plcy'), rules);
      if (!policy) return refused({ code: 'version_conflict' });
      await knowApprovers(tx, policy);
      tx.record({
        type: 'policy_changed',
        actor: keyActor(caller),
        resources: [uri],
        details: { policy: policy.id, before: before && plain(before), after: plain(policy) },
      });
      return { ok: true, value: { policy, warnings: await warnings(parts, tx, policy) } };
    });
  };
}

function defaults(uri: string): PolicyRules {
  return {
    uri,
    name: uri,
    permissions: ['read'],
    requiresApproval: true,
    decideFrom: DOORS,
    minApprovals: 1,
    allowSelfApproval: false,
    minReasonLength: REASON_MIN_DEFAULT,
    requireDecisionReason: false,
    defaultDuration: GRANT_DEFAULT,
    maxDuration: GRANT_MAX_DEFAULT,
    requestTtl: REQUEST_TTL_DEFAULT,
  };
}

const isEmail = (entry: string) => entry.includes('@');

const lowered = (approvers: readonly string[] | undefined) =>
  approvers && [
    ...new Set(approvers.map((entry) => (isEmail(entry) ? entry.toLowerCase() : entry))),
  ];

function contradiction(rules: PolicyRules): string | undefined {
  if (rules.defaultDuration > rules.maxDuration)
    return 'defaultDuration is longer than maxDuration.';
  const approvers = rules.approvers?.length ?? 0;
  if (approvers > 0 && approvers < rules.minApprovals)
    return `minApprovals is ${rules.minApprovals}, but only ${approvers} approvers are named.`;
  return undefined;
}

/** An approver named by e-mail exists from now on, so that their Slack account and keys have a person to belong to. */
async function knowApprovers(tx: Tx, { approvers = [] }: Policy): Promise<void> {
  for (const entry of approvers) if (isEmail(entry)) await tx.people.ensure(entry);
}

async function warnings(
  { defaultApprovers }: ConfigureResourceParts,
  tx: Tx,
  policy: Policy,
): Promise<string[]> {
  if (!policy.requiresApproval) return [];
  const broader = await tx.policies.matching(coveringPatterns(policy.uri));
  const approvers = approversOf(policy, broader, defaultApprovers);
  if (approvers.length === 0)
    return ['Nobody can approve this yet: set approvers, or VSECURE_DEFAULT_APPROVERS.'];
  if (approvers.length === 1 && !policy.allowSelfApproval)
    return [
      `Only ${approvers[0]} can approve this: requests from keys that they own will be refused. Someone alone sets allowSelfApproval.`,
    ];
  return [];
}

function plain({ id: _id, ...rules }: Policy): { readonly [key: string]: Json | undefined } {
  return rules;
}
