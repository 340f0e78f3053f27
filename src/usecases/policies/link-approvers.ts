/** Link approvers to Slack accounts when a policy is written, and owners of keys when a key is made. A linked account is pinned: it never moves to another person. */

import { parseApproverEntry } from '../../domain/approver-entry.js';
import { asciiLower, isAscii } from '../../domain/ascii.js';
import { systemActor } from '../../domain/audit-event.js';
import type { Directory, Store } from '../../ports/index.js';

/** `unknown`: no person could decide under that entry. `unavailable`: Slack is not connected or does not answer. */
export type Resolution = 'linked' | 'unknown' | 'unavailable';

export type LinkApprovers = (
  entries: readonly string[],
) => Promise<ReadonlyMap<string, Resolution>>;

export interface LinkApproversParts {
  readonly store: Store;
  /** Undefined while no Slack is connected. */
  readonly directory: () => Directory | undefined;
  /** May an account be linked by its confirmed e-mail address? */
  readonly linkByEmail: boolean;
}

/** Resolves approver entries, links accounts and stores the members of groups. A failure of Slack never throws. */
export function createLinkApprovers(parts: LinkApproversParts): LinkApprovers {
  return async (entries) => {
    const resolved = new Map<string, Resolution>();
    for (const entry of new Set(entries)) resolved.set(entry, await resolve(parts, entry));
    return resolved;
  };
}

function resolve(parts: LinkApproversParts, entry: string): Promise<Resolution> {
  const named = parseApproverEntry(entry);
  if (named.kind === 'email') return resolveEmail(parts, named.email);
  return named.kind === 'slackGroup'
    ? resolveGroup(parts, named.groupId)
    : resolveAccount(parts, named.userId);
}

async function resolveEmail(parts: LinkApproversParts, email: string): Promise<Resolution> {
  const { store, directory, linkByEmail } = parts;
  if (!isAscii(email)) return 'unknown';
  const teamId = directory()?.teamId();
  const person = await store.people.byEmail(email);
  if (teamId === undefined) return 'unavailable';
  if (person?.slack.some((account) => account.teamId === teamId)) return 'linked';
  const profile = linkByEmail ? await directory()?.byEmail(email) : undefined;
  if (profile === undefined) return 'unavailable';
  if (profile === 'unknown' || profile.status !== 'member' || profile.teamId !== teamId)
    return 'unknown';
  return link(store, email, { teamId, userId: profile.userId });
}

async function link(
  store: Store,
  email: string,
  account: { readonly teamId: string; readonly userId: string },
): Promise<Resolution> {
  return store.transaction(async (tx) => {
    const person = await tx.people.ensure(email);
    const linked = await tx.people.link(person.id, account);
    if (!linked) return 'unknown';
    tx.record({
      type: 'slack_linked',
      actor: systemActor('link-approvers'),
      details: {
        person: person.id,
        email,
        slack: `${account.teamId}/${account.userId}`,
        by: 'confirmed e-mail',
      },
    });
    return 'linked';
  });
}

/** Links an account that a policy names to the person with the account's confirmed address. */
async function resolveAccount(parts: LinkApproversParts, userId: string): Promise<Resolution> {
  const { store, directory, linkByEmail } = parts;
  const teamId = directory()?.teamId();
  if (teamId === undefined) return 'unavailable';
  if (await store.people.bySlack(teamId, userId)) return 'linked';
  const profile = await directory()?.profile(userId);
  if (profile === undefined) return 'unavailable';
  if (profile.status !== 'member') return 'unknown';
  if (!linkByEmail || !profile.email || !isAscii(profile.email)) return 'unknown';
  return link(store, asciiLower(profile.email), { teamId, userId });
}

async function resolveGroup(parts: LinkApproversParts, groupId: string): Promise<Resolution> {
  const directory = parts.directory();
  const teamId = directory?.teamId();
  const members = await directory?.groupMembers(groupId);
  if (teamId === undefined || members === undefined) return 'unavailable';
  await parts.store.transaction((tx) => tx.groups.save(teamId, groupId, members));
  for (const member of members) await resolveAccount(parts, member);
  return members.length > 0 ? 'linked' : 'unknown';
}
