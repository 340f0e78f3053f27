/**
 * People who were deactivated in Slack: their keys stop, and only an administrator lets them in again. Heard of by an event, and
 * asked for, in case an event was lost. Slack's silence deactivates nobody.
 */

import { systemActor } from '../../domain/audit-event.js';
import type { PersonId } from '../../domain/person.js';
import type { Directory, Store } from '../../ports/index.js';
import { deactivatePerson } from './deactivate-person.js';

export interface StopDeactivatedUsers {
  /** Asks Slack about everybody who is linked. Resolves with how many were deactivated. */
  all(): Promise<number>;
  /** An event said that this account of the connected workspace was deactivated. */
  one(userId: string): Promise<void>;
}

/** `directory` is undefined while no Slack is connected. */
export function createStopDeactivatedUsers(
  store: Store,
  directory: () => Directory | undefined,
): StopDeactivatedUsers {
  const stop = (id: PersonId) =>
    store.transaction((tx) => deactivatePerson(tx, id, systemActor('slack')));
  return {
    async all() {
      const teamId = directory()?.teamId();
      const present = (await store.people.list()).filter(({ active }) => active);
      const accounts = new Map<string, PersonId>();
      for (const { id, slack } of present)
        for (const account of slack)
          if (account.teamId === teamId) accounts.set(account.userId, id);
      const gone = (await directory()?.deactivated([...accounts.keys()])) ?? [];
      for (const userId of gone) {
        const id = accounts.get(userId);
        if (id) await stop(id);
      }
      return gone.length;
    },

    async one(userId) {
      const teamId = directory()?.teamId();
      const person = teamId && (await store.people.bySlack(teamId, userId));
      // Events come late and twice: somebody may be back by now. When Slack does not say, the event's word counts.
      const profile = person && (await directory()?.profile(userId));
      if (person && (!profile || profile.status === 'deactivated')) await stop(person.id);
    },
  };
}
