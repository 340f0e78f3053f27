/**
 * Ask the tool user (the human at an AI tool) something. The client sends the answer in a separate request, which may reach another
 * process. Only the answer is passed on, and only to the caller that asked.
 */

import type { Caller } from '../../domain/rights.js';
import type { ElicitationId, MakeId, Store, Wakeups } from '../../ports/index.js';
import { waitUntil } from '../wait-until.js';

export interface Asking {
  /** Sends the elicitation to the client. The answer will contain this id. */
  readonly ask: (id: ElicitationId) => Promise<void>;
  /** Milliseconds after which no answer is expected any more. */
  readonly ms: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  /** Called before the first wait and then at least every ten seconds, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number) => void | Promise<void>) | undefined;
}

export interface AskToolUser {
  /** An id for an elicitation that expects no answer. An answer to it is dropped. */
  newId(): ElicitationId;
  /** Resolves with the unchecked answer, which may be hostile like every client input, or undefined when there was none in time. */
  ask(caller: Caller, asking: Asking): Promise<unknown>;
  /** Passes an answer on. An answer is dropped if this caller was not asked or has already answered. */
  answer(caller: Caller, id: ElicitationId, answer: object): Promise<void>;
}

export interface AskToolUserParts {
  readonly store: Pick<Store, 'elicitations' | 'transaction'>;
  readonly wakeups: Wakeups;
  readonly makeId: MakeId;
  readonly stopwatch: () => number;
}

export function createAskToolUser({
  store,
  wakeups,
  makeId,
  stopwatch,
}: AskToolUserParts): AskToolUser {
  const newId = () => makeId('ask');
  return {
    newId,

    async ask({ principal }, { ask, ...waiting }) {
      const id = newId();
      await store.transaction((tx) => tx.elicitations.insert(id, principal.id));
      try {
        await ask(id);
        return await waitUntil(
          { wakeups, stopwatch },
          {
            id,
            ...waiting,
            read: () => store.elicitations.answerTo(id),
            isEnough: (answer) => answer !== undefined,
          },
        );
      } finally {
        await store.transaction((tx) => tx.elicitations.remove(id));
      }
    },

    async answer({ principal }, id, answer) {
      await store.transaction(async (tx) => {
        if (await tx.elicitations.answer(id, principal.id, answer)) await tx.wake(id);
      });
    },
  };
}
