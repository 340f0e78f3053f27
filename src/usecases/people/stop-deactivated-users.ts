/**
 * Deactivate people whose Slack account was deactivated. Their keys stop, and only an administrator can reactivate them. Slack sends an
 * event; a job also asks Slack, in case an event was lost. A missing answer from Slack deactivates no person.
 */

import { systemActor } from '../../domain/audit-event.js';
import type { PersonId } from '../../domain/person.js';
import type { Directory, Store } from '../../ports/index.js';
import { deactivatePerson } from './deactivate-person.js';

export interface StopDeactivatedUsers {
  /** Asks Slack about all linked people. Resolves with the number of deactivated people. */
  all(): Promise<number>;
  /** Handles the event that this account of the connected workspace was deactivated. */
  one(userId: string): Promise<void>;
}

/** `directory` returns undefined while no Slack workspace is connected. */
export function createStopDeactivatedUsers(
  store: Store,
  directory: () => Directory | undefined,
): StopDeactivatedUsers {
  const stop = (id: PersonId) =>
    store.transaction((tx) => deactivatePerson(tx, id, systemActor('slack')));
  return {
    async all() {
      const teamId = directory()?.teamId();
      const active = (await store.people.list()).filter(({ active }) => active);
      const accounts = new Map<string, PersonId>();
      for (const { id, slack } of active)
        for (const account of slack)
          if (account.teamId === teamId) accounts.set(account.userId, id);
      const deactivated = (await directory()?.deactivated([...accounts.keys()])) ?? [];
      for (const userId of deactivated) {
        const id = accounts.get(userId);
        if (id) await stop(id);
      }
      return deactivated.length;
    },

    async one(userId) {
      const teamId = directory()?.teamId();
      const person = teamId && (await store.people.bySlack(teamId, userId));
      // Events can be late or duplicated, and the account may be active again. If Slack does not answer, the event counts.
      const profile = person && (await directory()?.profile(userId));
      if (person && (!profile || profile.status === 'deactivated')) await stop(person.id);
    },
  };
}
