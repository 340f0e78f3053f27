/** Whoever looks at records, by a key or as a person whose identity an adapter has proved; and what they may see. */

import { isGroupEntry } from '../../domain/approver-entry.js';
import { isNamedBy, type Person } from '../../domain/person.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import { approversOf, type Policy } from '../../domain/policy/policy.js';
import { createPolicyIndex } from '../../domain/policy/policy-index.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import { ownVisibility, prefixesOf, type VisibilityScope } from '../../domain/visibility.js';
import type { Scope } from '../../domain/vocabulary.js';
import type { Reads } from '../../ports/index.js';
import { singleDecidingPolicy } from '../policies/deciding-policy.js';
import { requireScope } from './require-scope.js';

export type Viewer = Caller | Person;

const isCaller = (viewer: Viewer): viewer is Caller => 'principal' in viewer;

/** A refusal when a key lacks the scope. People see what their role and the policies let them, without any key. */
export const requireScopeToView = (viewer: Viewer, scope: Scope) =>
  isCaller(viewer) ? requireScope(viewer, scope) : undefined;

type VisibilityReads = Pick<Reads, 'policies' | 'principals' | 'groups' | 'now'>;

export interface VisibilityParts {
  readonly store: VisibilityReads;
  readonly defaultApprovers: readonly string[];
}

/** An agent's key sees its own doings, a person's key what its person sees; admins and auditors see everything. */
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

/** What a person sees whatever their role: their own keys' doings, and what they may help to decide. */
export async function personVisibility(
  parts: VisibilityParts,
  person: Person,
): Promise<VisibilityScope> {
  const { policies, principals, now } = parts.store;
  const all = await policies.list();
  const owned = (await principals.list()).filter(({ owner }) => owner === person.id);
  const named = await namer(parts, person, all);
  const index = createPolicyIndex(all);
  const approversFor = (policy: Policy) =>
    approversOf(policy, index.covering(policy.uri), parts.defaultApprovers);
  const mine = all.filter((policy) => approversFor(policy).some(named));
  const further = all.filter(({ escalateTo = [] }) => escalateTo.some(named));
  const moment = await now();

  return {
    ...ownVisibility(
      false,
      owned.map(({ id }) => id),
      person.id,
    ),
    policies: mine.map(({ id }) => id),
    prefixes: prefixesOf([...mine, ...further].map(({ uri }) => uri)),
    deciding(resources, asked = moment) {
      const found = singleDecidingPolicy(
        new Map(resources.map((one) => [one, index.covering(one)[0]])),
      );
      if (!found.ok) return undefined;
      const policy = found.value;
      const escalated = further.includes(policy) && isEscalated(policy, asked, moment);
      return escalated || mine.includes(policy) ? policy : undefined;
    },
  };
}

/** Does an entry of a policy name this person, by themselves or as a member of a group that is known freshly enough? */
async function namer(
  { store: { groups }, defaultApprovers }: VisibilityParts,
  person: Person,
  policies: readonly Policy[],
): Promise<(entry: string) => boolean> {
  const entries = policies.flatMap(({ approvers = [], escalateTo = [] }) => [
    ...approvers,
    ...escalateTo,
  ]);
  const named = [...new Set([...entries, ...defaultApprovers])].filter(isGroupEntry);
  const members = named.length > 0 ? await groups.members(named) : new Map<string, string[]>();
  return (entry) =>
    isNamedBy(person, entry) || (members.get(entry) ?? []).some((id) => isNamedBy(person, id));
}
