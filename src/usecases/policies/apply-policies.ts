/** Write one policy or a whole set of them, in one transaction: merged or replaced, checked, versioned, audited and announced. */

import { emailsAmong } from '../../domain/approver-entry.js';
import { keyActor } from '../../domain/audit-event.js';
import { nearest } from '../../domain/did-you-mean.js';
import type { Person } from '../../domain/person.js';
import { createLint } from '../../domain/policy/lint.js';
import type { ApproverFacts } from '../../domain/policy/lint-approvers.js';
import type { LintFinding } from '../../domain/policy/lint-finding.js';
import type { Policy, PolicyRules } from '../../domain/policy/policy.js';
import { describeChange, type PolicyChange } from '../../domain/policy/policy-change.js';
import { explain } from '../../domain/refusal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Directory, MakeId, Store, Tx } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { inTurns } from '../in-turns.js';
import { type CheckedChannels, checkChannels } from './check-channels.js';
import type { LinkApprovers, Resolution } from './link-approvers.js';
import { approverEntries, plainRules } from './policy-rules.js';
import { type PolicyWrite, rulesAfter, whyNotWritten } from './policy-write.js';
import { updateAffectedCards } from './update-affected-cards.js';

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
  /** The rules afterwards; with `dryRun`, the rules that would follow. */
  readonly rules: PolicyRules;
  /** The policy in force afterwards; undefined with `dryRun`, and when it was removed. */
  readonly policy?: Policy | undefined;
  readonly change: PolicyChange;
  /** Sentences for the author; the policy is in force all the same. */
  readonly warnings: readonly string[];
}

export type ApplyPolicies = (
  caller: Caller,
  set: PolicySet,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<readonly AppliedPolicy[]>>;

export interface ApplyPoliciesParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly makeId: MakeId;
  readonly linkApprovers: LinkApprovers;
  /** Undefined while no Slack is connected. */
  readonly directory: () => Directory | undefined;
  readonly defaultApprovers: readonly string[];
}

/** Writes the whole set or nothing. A refusal names the patterns it is about. */
export function createApplyPolicies(parts: ApplyPoliciesParts): ApplyPolicies {
  return async (caller, set, idempotencyKey) => {
    const forbidden = requireScope(caller, 'resources:manage') ?? whyNotWritten(set.writes);
    if (forbidden) return forbidden;
    // The transaction never waits for Slack.
    const entries = set.writes.flatMap(({ changes }) => approverEntries(changes));
    const resolved = set.dryRun ? new Map() : await parts.linkApprovers(entries);
    const channels = await checkChannels(parts.directory(), set.writes);
    if (channels.refusal) return channels.refusal;
    const applied = await refuseWhenOutdated(
      changeAs(parts, caller, idempotencyKey, (tx) => applyIn(parts, tx, caller, set, resolved)),
    );
    return applied.ok ? ok(applied.value.map(withChannelWarning(channels))) : applied;
  };
}

/** Warns where Slack could not say whether the channel of the policy is shared. */
const withChannelWarning =
  ({ unknown }: CheckedChannels) =>
  (one: AppliedPolicy): AppliedPolicy => {
    const warning = one.outcome === 'removed' ? undefined : unknown.get(one.rules.channel ?? '');
    return warning === undefined ? one : { ...one, warnings: [...one.warnings, warning] };
  };

async function applyIn(
  parts: ApplyPoliciesParts,
  tx: Tx,
  caller: Caller,
  set: PolicySet,
  resolved: ReadonlyMap<string, Resolution>,
): Promise<Result<readonly AppliedPolicy[]>> {
  const plan = await planSet(tx, set);
  if (!plan.ok) return plan;
  const linted = await lint(parts, tx, plan.value, resolved);
  if (!linted.ok || set.dryRun) return linted;
  return writeAll(parts, tx, caller, linted.value);
}

async function refuseWhenOutdated<T>(applied: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await applied;
  } catch (error) {
    if (error instanceof OutdatedError) return refused({ code: 'version_conflict' });
    throw error;
  }
}

interface Planned extends AppliedPolicy {
  readonly before?: Policy | undefined;
}

/** Locks all policies: the lint sees exactly what will be in force, and two sets cannot deadlock. */
async function planSet(tx: Tx, { writes, prune }: PolicySet): Promise<Result<Planned[]>> {
  await tx.policies.lockAll();
  const planned: Planned[] = [];
  const problems: string[] = [];
  for (const write of [...writes].sort((a, b) => (a.uri < b.uri ? -1 : 1))) {
    const before = await tx.policies.lock(write.uri);
    const rules = rulesAfter(before, write);
    if (rules.ok) planned.push(plan(before, rules.value));
    else problems.push(explain(rules.refusal));
  }
  if (problems.length > 0) return refused({ code: 'invalid_input', problem: problems.join('\n') });
  if (!prune) return ok(planned);
  const kept = new Set(writes.map(({ uri }) => uri));
  const others = (await tx.policies.list()).filter(({ uri }) => !kept.has(uri));
  return ok([...planned, ...others.map(removal)]);
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
  const people = await tx.people.list();
  const emails = people.map(({ email }) => email);
  const facts: ApproverFacts = {
    defaultApprovers,
    agentKeys: await agentKeys(tx, people),
    similar: (email) =>
      emails.length > COMPARED_MAX || emails.includes(email) ? undefined : nearest(email, emails),
    resolves: (entry) =>
      ({ linked: true, unknown: false, unavailable: undefined })[
        resolved.get(entry) ?? 'unavailable'
      ],
  };
  const findingsOf = createLint([...others, ...staying], facts);
  const linted = await inTurns(planned, (one) => ({
    one,
    findings: one.outcome === 'removed' ? [] : findingsOf(one.rules),
  }));
  const wrong = linted.flatMap(({ one, findings }) =>
    findings.filter(isRefusal).map(({ message }) => about(one.uri, message)),
  );
  if (wrong.length > 0) return refused({ code: 'invalid_input', problem: wrong.join('\n') });
  const value = linted.map(({ one, findings }) => ({
    ...one,
    warnings: findings.map(({ message }) => message),
  }));
  return ok(value);
}

/** The most people that an unknown address is compared with. A larger installation gets no such warning: each comparison takes microseconds. */
const COMPARED_MAX = 2000;

/** Every message names its policy, because a set may hold many. */
const about = (uri: string, message: string) =>
  message.startsWith(uri) ? message : `${uri}: ${message}`;

const isRefusal = ({ severity }: LintFinding) => severity === 'refuse';

async function agentKeys(tx: Tx, people: readonly Person[]): Promise<ApproverFacts['agentKeys']> {
  const byId = new Map(people.map((person) => [person.id, person]));
  return (await tx.principals.list()).flatMap(({ name, class: keyClass, owner: id }) => {
    const owner = byId.get(id);
    return keyClass === 'agent' && owner ? [{ name, owner }] : [];
  });
}

async function writeAll(
  parts: ApplyPoliciesParts,
  tx: Tx,
  caller: Caller,
  planned: readonly Planned[],
): Promise<Result<readonly AppliedPolicy[]>> {
  const changed = planned.filter(({ outcome }) => outcome !== 'unchanged');
  await ensureApprovers(tx, changed);
  const inForce = new Map<string, Policy>();
  for (const one of changed) {
    const written = await write(parts, tx, one);
    if (!written) throw new OutdatedError();
    await publish(tx, caller, one, written);
    if (one.outcome !== 'removed') inForce.set(one.uri, written);
  }
  await updateAffectedCards(
    tx,
    changed.map(({ uri }) => uri),
  );
  const value = planned.map(({ before, ...one }) => ({
    ...one,
    policy: one.outcome === 'unchanged' ? before : inForce.get(one.uri),
  }));
  return ok(value);
}

/** Creates a person for every approver named by e-mail. Sorted, so that two sets cannot deadlock. */
async function ensureApprovers(tx: Tx, planned: readonly Planned[]): Promise<void> {
  const entries = planned.flatMap(({ rules }) => approverEntries(rules));
  for (const email of [...emailsAmong(entries)].sort()) await tx.people.ensure(email);
}

/** Another process wrote the same policy at the same time. Thrown, so that the transaction rolls the whole set back. */
class OutdatedError extends Error {
  override readonly name = 'OutdatedError';
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
  await tx.enqueuePolicyAnnouncement(id, version);
}
