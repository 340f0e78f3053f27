/** The store of logins in progress. It stores only hashes of codes and secrets. */

import type { Networks } from '../domain/network.js';
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
  readonly networks: Networks;
  /** Milliseconds. */
  readonly ttl: number;
}

/** Logins that wait for a confirmation at the same time. */
export interface LoginLimits {
  /** Of one network, narrow and wide (see `domain/network`). */
  readonly narrow: number;
  readonly wide: number;
  /** In the whole installation. No wide network alone can reach it. */
  readonly all: number;
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
  /**
   * Inserts a login, which is never refused: above a limit, the oldest unconfirmed logins of the same network give way, and above the limit
   * of the installation those of the wide network that has most of them.
   */
  insert(login: NewLogin, limits: LoginLimits): Promise<Login>;
  /** Confirms an open login. Undefined when it was already confirmed or has expired. */
  confirm(id: LoginId, person: PersonId): Promise<Login | undefined>;
  /** Voids the logins that this person has confirmed and that no terminal has taken yet. */
  void(person: PersonId): Promise<void>;
  /** Returns `waiting` until the login is confirmed, then once the person. Undefined when it is unknown, expired or already taken. */
  take(id: LoginId, secretHash: string): Promise<PersonId | 'waiting' | undefined>;
  /** The person of a login that this terminal has taken. */
  takenBy(id: LoginId, secretHash: string): Promise<PersonId | undefined>;
}
