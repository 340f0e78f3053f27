/** Who acts through keys: a principal has a name, a class and an owner, and one or several keys. Grants belong to the principal. */

import { NAME_MAX } from './limits.js';
import type { PersonId } from './person.js';
import type { KeyClass, Scope } from './vocabulary.js';

export type PrincipalId = `prin_${string}`;

export interface Principal {
  readonly id: PrincipalId;
  /** Unique and never reused: a policy that names it must never come to mean another. */
  readonly name: string;
  readonly class: KeyClass;
  readonly owner: PersonId;
  /** From then on nothing works with its keys, until somebody resumes it. */
  readonly suspendedAt?: Date | undefined;
  readonly suspendedBy?: PersonId | undefined;
}

export interface ApiKey {
  /** The public part of the key. */
  readonly id: string;
  readonly principal: PrincipalId;
  readonly class: KeyClass;
  readonly scopes: readonly Scope[];
  readonly hint: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date | undefined;
  readonly revokedAt?: Date | undefined;
}

/** What a principal, and with it each of its keys, can be called. */
export const isKeyName = (text: string): boolean =>
  text.length <= NAME_MAX && /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(text);
