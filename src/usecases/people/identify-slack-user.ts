/** Find the person behind a Slack account and check that the account may act. In doubt it refuses. */

import { asciiLower, isAscii } from '../../domain/ascii.js';
import type { Person } from '../../domain/person.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Directory, SlackProfile, Store } from '../../ports/index.js';

export interface SlackActor {
  readonly teamId: string;
  readonly userId: string;
}

export type IdentifySlackActor = (slackActor: SlackActor) => Promise<Result<Person>>;

export interface IdentifySlackActorParts {
  readonly store: Store;
  readonly directory: Directory;
  /** Whether an unknown account may be linked once by its confirmed e-mail address. */
  readonly linkByEmail: boolean;
}

/** Asks Slack for every action, before any transaction, so that a deactivated account or a Slack guest can no longer act. */
export function createIdentifySlackActor(parts: IdentifySlackActorParts): IdentifySlackActor {
  return async (slackActor) => {
    const member = await memberBehind(parts.directory, slackActor);
    if (!member.ok) return member;
    const profile = member.value;
    const known = await parts.store.people.bySlack(slackActor.teamId, slackActor.userId);
    const person =
      known ?? (parts.linkByEmail ? await linkOnce(parts.store, slackActor, profile) : undefined);
    if (!person) return refused({ code: 'unknown_person' });
    return person.active ? ok(person) : refused({ code: 'person_inactive' });
  };
}

/** The Slack profile of an account that may act: a full, active member of the connected workspace with a confirmed e-mail address. */
export async function memberBehind(
  directory: Directory,
  slackActor: SlackActor,
): Promise<Result<SlackProfile>> {
  const profile = await directory.profile(slackActor.userId);
  if (!profile) return refused({ code: 'unavailable' });
  return whyRefused(profile, slackActor) ?? ok(profile);
}

function whyRefused({ status, teamId }: SlackProfile, slackActor: SlackActor) {
  if (status === 'foreign' || teamId !== slackActor.teamId)
    return refused({ code: 'foreign_team' });
  if (status === 'deactivated') return refused({ code: 'person_inactive' });
  if (status !== 'member') return refused({ code: 'unverified_account' });
  return undefined;
}

/** Links only to an existing person with this e-mail address. A click never creates a person. */
async function linkOnce(store: Store, { teamId, userId }: SlackActor, { email }: SlackProfile) {
  if (!email || !isAscii(email)) return undefined;
  return store.transaction(async (tx) => {
    const person = await tx.people.byEmail(asciiLower(email));
    const linked =
      person && !person.removed ? await tx.people.link(person.id, { teamId, userId }) : undefined;
    if (linked)
      tx.record({
        type: 'slack_linked',
        actor: { kind: 'person', id: linked.id, name: linked.email },
        details: { person: linked.id, slack: `${teamId}/${userId}`, by: 'confirmed e-mail' },
      });
    // A concurrent click may have linked the account.
    return linked ?? tx.people.bySlack(teamId, userId);
  });
}
