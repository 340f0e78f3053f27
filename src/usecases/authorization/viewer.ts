/** A viewer of records (an API key, or a person whose identity an adapter has verified), and what the viewer may see. */

import { isGroupEntry } from '../../domain/approver-entry.js';
import { isNamedBy, type Person } from '../../domain/person.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import { approversOf, type Policy } from '../../domain/policy/policy.js';
import { createPolicyIndex } from '../../domain/policy/policy-index.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import { ownVisibility, prefixesOf, type VisibilityScope } from '../../domain/visibility.js';
import type { Scope } from '../../domain/vocabulary.js';
import type { Reads } from '../../ports/index.js';
import { decidingPolicy } from '../policies/deciding-policy.js';
import { requireScope } from './require-scope.js';

export type Viewer = Caller | Person;

const isCaller = (viewer: Viewer): viewer is Caller => 'principal' in viewer;

/** Returns a refusal when a key lacks the scope. People need no key: role and policies determine what they see. */
export const requireScopeToView = (viewer: Viewer, scope: Scope) =>
  isCaller(viewer) ? requireScope(viewer, scope) : undefined;

type VisibilityReads = Pick<Reads, 'policies' | 'principals' | 'groups' | 'now'>;

export interface VisibilityParts {
  readonly store: VisibilityReads;
  readonly defaultApprovers: readonly string[];
}

/** An agent key sees its own activity, a human key what its owner sees. Admins and auditors see everything. */
export async function visibilityOf(
  parts: VisibilityParts,
  viewer: Viewer,
): Promise<VisibilityScope> {
  if (!isCaller(viewer)) return viewer.role === 'member' ? personVisibility(parts, viewer) : ALL;
  if (seesEverything(viewer)) return ALL;
  if (viewer.principal.class === 'human') return personVisibility(parts, viewer.owner);
  return ownVisibility(false, [viewer.principal.id]);
}

const ALL = ownVisibility(true, []);

/** What a person sees regardless of their role: the activity of their keys, and requests that they may decide. */
export async function personVisibility(
  parts: VisibilityParts,
  person: Person,
): Promise<VisibilityScope> {
  const { policies, principals, now } = parts.store;
  const all = await policies.list();
  const owned = (await principals.list()).filter(({ owner }) => owner === person.id);
  const isNamed = await entryMatcher(parts, person, all);
  const index = createPolicyIndex(all);
  const approversFor = (policy: Policy) =>
    approversOf(policy, index.covering(policy.uri), parts.defaultApprovers);
  const mine = all.filter((policy) => approversFor(policy).some(isNamed));
  const further = all.filter(({ escalateTo = [] }) => escalateTo.some(isNamed));
  const moment = await now();

  return {
    ...ownVisibility(
      false,
      owned.map(({ id }) => id),
      person.id,
    ),
    policies: mine.map(({ id }) => id),
    prefixes: prefixesOf([...mine, ...further].map(({ uri }) => uri)),
    deciding(resources, requestedAt = moment) {
      const found = decidingPolicy(index, resources);
      if (!found.ok) return undefined;
      const policy = found.value;
      const escalated = further.includes(policy) && isEscalated(policy, requestedAt, moment);
      return escalated || mine.includes(policy) ? policy : undefined;
    },
  };
}

/** Returns whether an approver entry means this person, directly or as a member of a Slack group with recent membership. */
async function entryMatcher(
  { store: { groups }, defaultApprovers }: VisibilityParts,
  person: Person,
  policies: readonly Policy[],
): Promise<(entry: string) => boolean> {
  const entries = policies.flatMap(({ approvers = [], escalateTo = [] }) => [
    ...approvers,
    ...escalateTo,
  ]);
  const groupIds = [...new Set([...entries, ...defaultApprovers])].filter(isGroupEntry);
  const members =
    groupIds.length > 0 ? await groups.members(groupIds) : new Map<string, string[]>();
  return (entry) =>
    isNamedBy(person, entry) || (members.get(entry) ?? []).some((id) => isNamedBy(person, id));
}
