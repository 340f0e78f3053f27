/** Principals act through API keys. A principal has a name, a class, an owner and one or more keys. Grants belong to the principal. */

import { NAME_MAX } from './limits.js';
import type { PersonId } from './person.js';
import type { KeyClass, Scope } from './vocabulary.js';

export type PrincipalId = `prin_${string}`;

export interface Principal {
  readonly id: PrincipalId;
  /** Unique and never reused, so that a policy that names it never means another principal later. */
  readonly name: string;
  readonly class: KeyClass;
  readonly owner: PersonId;
  /** Since then its keys are refused, until an administrator resumes it. */
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

/** Whether a principal, and each of its keys, can have this name. */
export const isKeyName = (text: string): boolean =>
  text.length <= NAME_MAX && /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(text);
