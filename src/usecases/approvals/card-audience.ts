/** The Slack accounts of the approvers who are mentioned or messaged about a request. */

import { isGroupEntry, parseApproverEntry } from '../../domain/approver-entry.js';
import { isNamedBy, type Person } from '../../domain/person.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import type { SlackGroups } from '../../ports/index.js';
import type { CardFacts } from './card-facts.js';

export interface CardAudience {
  /** Accounts of all people who may decide, except the owner of the requesting key. */
  readonly approvers: readonly string[];
  /** Those of them who are asked because the request was escalated. */
  readonly further: readonly string[];
  /** The policy names only one approver. */
  readonly alone: boolean;
}

export type ReadCardAudience = (facts: CardFacts, teamId: string) => Promise<CardAudience>;

export function createReadCardAudience(groups: SlackGroups): ReadCardAudience {
  return async (facts, teamId) => {
    const due = furtherApprovers(facts);
    const named = [...new Set(facts.approvers.filter((entry) => !due.includes(entry)))];
    const asked = await accounts(groups, facts, named, teamId);
    const further = await accounts(groups, facts, due, teamId);
    return {
      approvers: [...new Set([...asked, ...further])],
      further,
      alone: named.length === 1 && asked.length === 1,
    };
  };
}

/** The people that the escalation of the policy has added. */
function furtherApprovers({ policy, approval, now }: CardFacts): readonly string[] {
  if (!policy || !isEscalated(policy, approval.createdAt, now)) return [];
  return policy.escalateTo ?? [];
}

async function accounts(
  groups: SlackGroups,
  facts: CardFacts,
  entries: readonly string[],
  teamId: string,
): Promise<readonly string[]> {
  const named = entries.filter(isGroupEntry);
  const members = named.length > 0 ? [...(await groups.members(named)).values()].flat() : [];
  const own = facts.policy?.allowSelfApproval ? undefined : accountOf(facts.owner, teamId);
  const found = [
    ...entries.flatMap((entry) => accountNamed(entry, facts.approverPeople, teamId) ?? []),
    ...members,
  ];
  return [...new Set(found)].filter((account) => account !== own);
}

function accountNamed(
  entry: string,
  people: readonly Person[],
  teamId: string,
): string | undefined {
  const named = parseApproverEntry(entry);
  if (named.kind === 'slackUser') return named.userId;
  const person = people.find((one) => one.active && isNamedBy(one, entry));
  return accountOf(person, teamId);
}

const accountOf = (person: Person | undefined, teamId: string) =>
  person?.slack.find((account) => account.teamId === teamId)?.userId;
