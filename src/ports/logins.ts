/** The store of logins that are under way. Codes and secrets are known by their hashes alone. */

import type { PersonId } from '../domain/person.js';

export type LoginId = `lgin_${string}`;

export interface NewLogin {
  readonly id: LoginId;
  readonly codeHash: string;
  readonly secretHash: string;
  /** What the terminal calls itself. */
  readonly device: string;
  /** The network address that it came from. */
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
  /** One that could still be confirmed. */
  byCode(codeHash: string): Promise<Login | undefined>;
}

export interface Logins extends LoginReads {
  /** How many could still be confirmed or taken. */
  open(): Promise<number>;
  insert(login: NewLogin): Promise<Login>;
  /** Conditional on being open. Undefined when somebody or time was faster. */
  confirm(id: LoginId, person: PersonId): Promise<Login | undefined>;
  /** `waiting` until it is confirmed; then, once, whose it is. Undefined when there is none, or no more. */
  take(id: LoginId, secretHash: string): Promise<PersonId | 'waiting' | undefined>;
}
