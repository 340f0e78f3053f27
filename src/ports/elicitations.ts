/** The store of elicitations: what vsecure asks a tool user, and the answer on its way to the process that asked. */

import type { PrincipalId } from '../domain/principal.js';

export type ElicitationId = `ask_${string}`;

export interface ElicitationReads {
  /** What was answered, as it came; undefined while nothing was. */
  answerTo(id: ElicitationId): Promise<unknown>;
}

export interface Elicitations extends ElicitationReads {
  /** Those that nobody waits for any more are forgotten with it. */
  insert(id: ElicitationId, principal: PrincipalId): Promise<void>;
  /** Conditional: the first answer counts, and only one of the principal that was asked. True when it was this one. */
  answer(id: ElicitationId, principal: PrincipalId, answer: object): Promise<boolean>;
  remove(id: ElicitationId): Promise<void>;
}
