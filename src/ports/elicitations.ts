/** The store of elicitations: what vsecure asks a tool user, and the answer on its way to the process that asked. */

import type { PrincipalId } from '../domain/principal.js';

export type ElicitationId = `ask_${string}`;

export interface ElicitationReads {
  /** The unchecked answer. Undefined until there is one. */
  answerTo(id: ElicitationId): Promise<unknown>;
}

export interface Elicitations extends ElicitationReads {
  /** Also deletes elicitations that no process waits for any more. */
  insert(id: ElicitationId, principal: PrincipalId): Promise<void>;
  /** Stores the first answer, and only from the principal that was asked. Returns whether this answer was stored. */
  answer(id: ElicitationId, principal: PrincipalId, answer: object): Promise<boolean>;
  remove(id: ElicitationId): Promise<void>;
}
