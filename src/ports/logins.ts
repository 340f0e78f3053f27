/** The store of logins in progress. It stores only hashes of codes and secrets. */

import type { PersonId } from '../domain/person.js';

export type LoginId = `lgin_${string}`;

export interface NewLogin {
  readonly id: LoginId;
  readonly codeHash: string;
  readonly secretHash: string;
  /** Self-reported name of the terminal. */
  readonly device: string;
  /** Network address of the terminal. */
  readonly address: string;
  /** Milliseconds. */
  readonly ttl: number;
}

export interface Login {
  readonly id: LoginId;
  readonly device: string;
  readonly address: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface LoginReads {
  /** A login that can still be confirmed. */
  byCode(codeHash: string): Promise<Login | undefined>;
}

export interface Logins extends LoginReads {
  /** Number of logins that can still be confirmed or taken. */
  open(): Promise<number>;
  insert(login: NewLogin): Promise<Login>;
  /** Confirms an open login. Undefined when it was already confirmed or has expired. */
  confirm(id: LoginId, person: PersonId): Promise<Login | undefined>;
  /** Voids the logins that this person has confirmed and that no terminal has taken yet. */
  void(person: PersonId): Promise<void>;
  /** Returns `waiting` until the login is confirmed, then once the person. Undefined when it is unknown, expired or already taken. */
  take(id: LoginId, secretHash: string): Promise<PersonId | 'waiting' | undefined>;
}
