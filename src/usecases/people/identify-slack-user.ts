/** Which person is behind this Slack account, may it act at all? Fails closed: in doubt nobody. */

import type { Person } from '../../domain/person.js';
import { type Result, refused } from '../../domain/result.js';
import type { Directory, SlackProfile, Store } from '../../ports/index.js';

export interface SlackActor {
  readonly teamId: string;
  readonly userId: string;
}

export type IdentifySlackActor = (slackActor: SlackActor) => Promise<Result<Person>>;

export interface IdentifySlackActorParts {
  readonly store: Store;
  readonly directory: Directory;
  /** May an unknown account be linked by its confirmed e-mail address, once? */
  readonly linkByEmail: boolean;
}

/** Asks Slack each time, before any transaction: an account that has become a guest or has left may do nothing from then on. */
export function createIdentifySlackActor(parts: IdentifySlackActorParts): IdentifySlackActor {
  return async (slackActor) => {
    const member = await memberBehind(parts.directory, slackActor);
    if (!member.ok) return member;
    const profile = member.value;
    const known = await parts.store.people.bySlack(slackActor.teamId, slackActor.userId);
    const person =
      known ?? (parts.linkByEmail ? await linkOnce(parts.store, slackActor, profile) : undefined);
    if (!person) return refused({ code: 'unknown_person' });
    return person.active ? { ok: true, value: person } : refused({ code: 'person_inactive' });
  };
}

/** What Slack says of an account that may act: a full member of our workspace, present, with a confirmed address. */
export async function memberBehind(
  directory: Directory,
  slackActor: SlackActor,
): Promise<Result<SlackProfile>> {
  const profile = await directory.profile(slackActor.userId);
  if (!profile) return refused({ code: 'unavailable' });
  return whyNot(profile, slackActor) ?? { ok: true, value: profile };
}

function whyNot({ status, teamId }: SlackProfile, slackActor: SlackActor) {
  if (status === 'foreign' || teamId !== slackActor.teamId)
    return refused({ code: 'foreign_team' });
  if (status === 'deactivated') return refused({ code: 'person_inactive' });
  if (status !== 'member') return refused({ code: 'unverified_account' });
  return undefined;
}

/** Only to a person who is already known by that address: pressing a button never makes somebody. */
async function linkOnce(store: Store, { teamId, userId }: SlackActor, { email }: SlackProfile) {
  if (!email) return undefined;
  return store.transaction(async (tx) => {
    const person = await tx.people.byEmail(email.toLowerCase());
    const linked = person && (await tx.people.link(person.id, { teamId, userId }));
    if (linked)
      tx.record({
        type: 'slack_linked',
        actor: { kind: 'person', id: linked.id, name: linked.email },
        details: { person: linked.id, slack: `${teamId}/${userId}`, by: 'confirmed e-mail' },
      });
    // Two presses at the same moment: the other one linked it.
    return linked ?? tx.people.bySlack(teamId, userId);
  });
}
