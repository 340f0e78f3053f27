/**
 * Ask the person at a tool something that their client answers in a request of its own, perhaps at another process. Nothing but the
 * answer is passed on, to the one caller that asked.
 */

import type { Caller } from '../../domain/rights.js';
import type { ElicitationId, MakeId, Store, Wakeups } from '../../ports/index.js';
import { waitUntil } from '../wait-until.js';

export interface Asking {
  /** Puts the question to them, under the id that the answer will name. */
  readonly ask: (id: ElicitationId) => Promise<void>;
  /** Milliseconds after which nobody will answer any more. */
  readonly ms: number;
  /** Gives up early. */
  readonly signal: AbortSignal;
  /** Called at once and then every ten seconds, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number) => void | Promise<void>) | undefined;
}

export interface AskToolUser {
  /** For what is shown to them and waits for no answer: one that comes all the same is dropped. */
  newId(): ElicitationId;
  /** Resolves with the answer as it came, as hostile as everything a client sends, or undefined when there was none in time. */
  ask(caller: Caller, asking: Asking): Promise<unknown>;
  /** Hands an answer over. One to a question that nobody asked this caller, or that was answered, is dropped. */
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
