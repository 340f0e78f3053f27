/** The store of people, principals and their keys. */

import type { Person, PersonId, SlackAccount } from '../domain/person.js';
import type { ApiKey, Principal, PrincipalId } from '../domain/principal.js';
import type { Role } from '../domain/vocabulary.js';

export interface PrincipalReads {
  find(id: PrincipalId): Promise<Principal | undefined>;
  byName(name: string): Promise<Principal | undefined>;
  list(): Promise<readonly Principal[]>;
  keys(principal?: PrincipalId): Promise<readonly ApiKey[]>;
  /** A key with its stored hash, its principal and owner, whether still good or not, by public key id. */
  credentials(keyId: string): Promise<Credentials | undefined>;
}

export interface Credentials {
  readonly key: ApiKey;
  readonly hash: Uint8Array;
  readonly principal: Principal;
  readonly owner: Person;
  /** By the database's clock: neither revoked nor expired. */
  readonly live: boolean;
}

export interface Principals extends PrincipalReads {
  /** Undefined when the name was ever used before: names are never reused. */
  insert(principal: Principal): Promise<Principal | undefined>;
  insertKey(
    key: Omit<ApiKey, 'createdAt' | 'expiresAt'>,
    hash: Uint8Array,
    ttlMs?: number,
  ): Promise<ApiKey>;
  revokeKey(keyId: string): Promise<ApiKey | undefined>;
  /** Undefined when it is suspended already. */
  suspend(id: PrincipalId, by: PersonId): Promise<Principal | undefined>;
  /** Undefined when it is not suspended. */
  resume(id: PrincipalId): Promise<Principal | undefined>;
  /** Keeps it from being suspended before this transaction ends. Undefined when it is suspended already. */
  lockActive(id: PrincipalId): Promise<Principal | undefined>;
}

export interface PersonReads {
  find(id: PersonId): Promise<Person | undefined>;
  byEmail(email: string): Promise<Person | undefined>;
  bySlack(teamId: string, userId: string): Promise<Person | undefined>;
  list(): Promise<readonly Person[]>;
}

export interface People extends PersonReads {
  /** Finds the person with this e-mail (compared in lower case), or makes one with the role `member`. */
  ensure(email: string): Promise<Person>;
  setRole(id: PersonId, role: Role): Promise<Person | undefined>;
  setActive(id: PersonId, active: boolean): Promise<Person | undefined>;
  /** Undefined when they were not active. */
  deactivate(id: PersonId): Promise<Person | undefined>;
  /** A Slack account links once and never relinks: undefined when either side is already linked. */
  link(id: PersonId, account: SlackAccount): Promise<Person | undefined>;
}

/** One-time codes by which a person proves that a Slack account is theirs. Only hashes are stored. */
export interface LinkCodes {
  /** The person's older codes are void from then on. `ttlMs` by the database's clock. */
  save(hash: Uint8Array, person: PersonId, ttlMs: number): Promise<{ readonly expiresAt: Date }>;
  /** Takes the code, once. Undefined when it is unknown, taken or too old. */
  take(hash: Uint8Array): Promise<PersonId | undefined>;
}
