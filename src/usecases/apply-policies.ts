/** Write one policy or a whole set of them, in one transaction: merged or replaced, linted, versioned, audited, announced. */

import { keyActor } from '../domain/audit-event.js';
import type { LintFinding } from '../domain/lint-finding.js';
import { parsePattern } from '../domain/pattern.js';
import type { Policy, PolicyRules } from '../domain/policy.js';
import { describeChange, type PolicyChange } from '../domain/policy-change.js';
import { lintPolicies } from '../domain/policy-lint.js';
import type { ApproverFacts } from '../domain/policy-lint-approvers.js';
import type { MakeId, Store, Tx } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { LinkApprovers, Resolution } from './link-approvers.js';
import { needScope } from './need-scope.js';
import {
  approverEntries,
  contradiction,
  defaultRules,
  normalised,
  plainRules,
} from './policy-rules.js';

/** The fields of a policy that the writer names. Durations in milliseconds. */
export type PolicyChanges = Partial<Omit<PolicyRules, 'uri'>>;

export interface PolicyWrite {
  readonly uri: string;
  readonly changes: PolicyChanges;
  readonly mode: 'merge' | 'replace';
}

export interface PolicySet {
  readonly writes: readonly PolicyWrite[];
  /** Remove every policy that is not among the writes. */
  readonly prune?: boolean | undefined;
  /** Say what would happen, and change nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface AppliedPolicy {
  readonly uri: string;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'removed';
  /** As it stands afterwards; with `dryRun`, what it would say. */
  readonly rules: PolicyRules;
  readonly change: PolicyChange;
  /** What the writer should know: the policy holds all the same. */
  readonly warnings: readonly string[];
}

export type ApplyPolicies = (
  caller: Caller,
  set: PolicySet,
) => Promise<Result<readonly AppliedPolicy[]>>;

export interface ApplyPoliciesParts {
  readonly store: Store;
  readonly makeId: MakeId;
  readonly linkApprovers: LinkApprovers;
  readonly defaultApprovers: readonly string[];
}

/** All of it or nothing: the first refusal names the pattern it is about. */
export function createApplyPolicies(parts: ApplyPoliciesParts): ApplyPolicies {
  return async (caller, set) => {
    const forbidden = needScope(caller, 'resources:manage') ?? badPattern(set.writes);
    if (forbidden) return forbidden;
    // Slack is asked before the transaction, never within it.
    const entries = set.writes.flatMap(({ changes }) => approverEntries(changes));
    const resolved = set.dryRun ? new Map() : await parts.linkApprovers(entries);
    return parts.store.transaction(async (tx) => {
      const plan = await planSet(tx, set);
      if (!plan.ok) return plan;
      const linted = await lint(parts, tx, plan.value, resolved);
      if (!linted.ok || set.dryRun) return linted;
      return carryOut(parts, tx, caller, linted.value);
    });
  };
}

function badPattern(writes: readonly PolicyWrite[]) {
  for (const { uri } of writes) {
    const pattern = parsePattern(uri);
    if (!pattern.ok) return pattern;
  }
  const uris = writes.map(({ uri }) => uri);
  const twice = uris.find((uri, place) => uris.indexOf(uri) !== place);
  if (twice === undefined) return undefined;
  return refused({ code: 'invalid_input', problem: `${twice} is in the set twice.` });
}

interface Planned extends AppliedPolicy {
  readonly before?: Policy | undefined;
}

/** Locks in the order of the patterns, so that two sets never wait for each other in a ring. */
async function planSet(tx: Tx, { writes, prune }: PolicySet): Promise<Result<Planned[]>> {
  const planned: Planned[] = [];
  for (const write of [...writes].sort((a, b) => (a.uri < b.uri ? -1 : 1))) {
    const before = await tx.policies.lock(write.uri);
    const base = write.mode === 'merge' && before ? before : defaultRules(write.uri);
    const rules = normalised({ ...base, ...write.changes, uri: write.uri });
    const problem = contradiction(rules);
    if (problem) return refused({ code: 'invalid_input', problem: `${write.uri}: ${problem}` });
    planned.push(plan(before, rules));
  }
  if (!prune) return { ok: true, value: planned };
  const kept = new Set(writes.map(({ uri }) => uri));
  const others = (await tx.policies.list()).filter(({ uri }) => !kept.has(uri));
  return { ok: true, value: [...planned, ...others.map(removal)] };
}

function plan(before: Policy | undefined, rules: PolicyRules): Planned {
  const change = describeChange(before, rules);
  const outcome = before ? (change.lines.length === 0 ? 'unchanged' : 'changed') : 'created';
  return { uri: rules.uri, before, rules, change, outcome, warnings: [] };
}

const removal = (before: Policy): Planned => ({
  uri: before.uri,
  before,
  rules: before,
  change: describeChange(before, undefined),
  outcome: 'removed',
  warnings: [],
});

async function lint(
  { defaultApprovers }: ApplyPoliciesParts,
  tx: Tx,
  planned: readonly Planned[],
  resolved: ReadonlyMap<string, Resolution>,
): Promise<Result<readonly Planned[]>> {
  const touched = new Set(planned.map(({ uri }) => uri));
  const staying = planned.filter(({ outcome }) => outcome !== 'removed').map(({ rules }) => rules);
  const others = (await tx.policies.list()).filter(({ uri }) => !touched.has(uri));
  const facts: ApproverFacts = {
    defaultApprovers,
    agentKeys: await agentKeys(tx),
    resolves: (entry) =>
      ({ linked: true, unknown: false, unavailable: undefined })[
        resolved.get(entry) ?? 'unavailable'
      ],
  };
  const linted = planned.map((one) => ({
    one,
    findings:
      one.outcome === 'removed' ? [] : lintPolicies([...others, ...staying], one.rules, facts),
  }));
  const wrong = linted.flatMap(({ findings }) => findings).find(isRefusal);
  if (wrong) return refused({ code: 'invalid_input', problem: wrong.message });
  const value = linted.map(({ one, findings }) => ({
    ...one,
    warnings: findings.map(({ message }) => message),
  }));
  return { ok: true, value };
}

const isRefusal = ({ severity }: LintFinding) => severity === 'refuse';

async function agentKeys(tx: Tx): Promise<ApproverFacts['agentKeys']> {
  const people = new Map((await tx.people.list()).map((person) => [person.id, person]));
  return (await tx.principals.list()).flatMap(({ name, class: keyClass, owner: id }) => {
    const owner = people.get(id);
    return keyClass === 'agent' && owner ? [{ name, owner }] : [];
  });
}

async function carryOut(
  parts: ApplyPoliciesParts,
  tx: Tx,
  caller: Caller,
  planned: readonly Planned[],
): Promise<Result<readonly AppliedPolicy[]>> {
  for (const one of planned) {
    if (one.outcome === 'unchanged') continue;
    const written = await write(parts, tx, one);
    // Thrown away with everything before it: half a set is no set.
    if (!written) throw new Error('a policy that is held cannot have changed');
    for (const entry of approverEntries(one.rules))
      if (entry.includes('@')) await tx.people.ensure(entry);
    await publish(tx, caller, one, written);
  }
  return { ok: true, value: planned };
}

function write({ makeId }: ApplyPoliciesParts, tx: Tx, { before, rules, outcome }: Planned) {
  if (before && outcome === 'removed') return tx.policies.remove(before);
  return before ? tx.policies.replace(before, rules) : tx.policies.insert(makeId('plcy'), rules);
}

async function publish(
  tx: Tx,
  caller: Caller,
  { before, change, outcome }: Planned,
  policy: Policy,
) {
  const { id, version, uri, channel } = policy;
  const { lines, loosens } = change;
  await tx.policies.recordChange({
    policy: id,
    version,
    uri,
    channel,
    lines,
    loosens,
    actor: caller.principal.name,
  });
  tx.record({
    type: 'policy_changed',
    actor: keyActor(caller),
    resources: [uri],
    details: {
      policy: id,
      before: before && plainRules(before),
      after: outcome === 'removed' ? undefined : plainRules(policy),
    },
  });
  await tx.announce(id, version);
}
