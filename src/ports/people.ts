/** The store of people, principals and their keys. */

import type { Person, PersonId, SlackAccount } from '../domain/person.js';
import type { ApiKey, Principal, PrincipalId } from '../domain/principal.js';
import type { KeyClass, Operation, RefusalCode, Role } from '../domain/vocabulary.js';

export interface PrincipalReads {
  find(id: PrincipalId): Promise<Principal | undefined>;
  byName(name: string): Promise<Principal | undefined>;
  list(): Promise<readonly Principal[]>;
  /** Name, class and owner of these principals. Other ids are left out. */
  holders(ids: readonly string[]): Promise<ReadonlyMap<string, KeyHolder>>;
  keys(principal?: PrincipalId): Promise<readonly ApiKey[]>;
  /** Finds a key by its public id, valid or not, with its stored hash, principal and owner. */
  credentials(keyId: string): Promise<Credentials | undefined>;
}

/** What stands beside the name of a key, which could be any name. */
export interface KeyHolder {
  readonly name: string;
  readonly class: KeyClass;
  /** E-mail address of the owner. */
  readonly owner: string;
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
  /** Undefined when the name was ever used, because names are never reused. */
  insert(principal: Principal): Promise<Principal | undefined>;
  insertKey(
    key: Omit<ApiKey, 'createdAt' | 'expiresAt'>,
    hash: Uint8Array,
    ttlMs?: number,
  ): Promise<ApiKey>;
  revokeKey(keyId: string): Promise<ApiKey | undefined>;
  /** Revokes all keys of the person's principals. Returns those that were not revoked before. */
  revokeKeysOf(owner: PersonId): Promise<readonly ApiKey[]>;
  /** The public ids of the keys that are neither revoked nor expired by the database's clock. */
  liveKeys(id: PrincipalId): Promise<readonly string[]>;
  /** Waits for transactions that have locked the principal with `lockActive`, and keeps others out until this one ends. */
  lock(id: PrincipalId): Promise<void>;
  /** Undefined when the principal is already suspended. */
  suspend(id: PrincipalId, by: PersonId): Promise<Principal | undefined>;
  /** Undefined when the principal is not suspended. */
  resume(id: PrincipalId): Promise<Principal | undefined>;
  /**
   * Locks the principal, so that it cannot be suspended, and no other request of it is judged, before this transaction ends. Undefined when it
   * is already suspended.
   */
  lockActive(id: PrincipalId): Promise<Principal | undefined>;
  /**
   * Counts a request that was refused for the key's limits. Resolves with the number of such requests to record now, this one included;
   * undefined when less than a minute has passed since the last record.
   */
  countLimitRefusal(id: PrincipalId, refusal: LimitRefusal): Promise<number | undefined>;
  /** Takes the counts that no record includes and that are at least a minute old. */
  takeLimitRefusals(): Promise<readonly CountedRefusals[]>;
}

/** A request that was refused for a key's limits. */
export interface LimitRefusal {
  readonly refusal: RefusalCode;
  readonly operation: Operation;
  /** One of the requested resources. */
  readonly resource: string;
}

export interface CountedRefusals extends LimitRefusal {
  readonly principal: Pick<Principal, 'id' | 'name'>;
  readonly count: number;
}

export interface PersonReads {
  find(id: PersonId): Promise<Person | undefined>;
  byEmail(email: string): Promise<Person | undefined>;
  bySlack(teamId: string, userId: string): Promise<Person | undefined>;
  list(): Promise<readonly Person[]>;
}

export interface People extends PersonReads {
  /** Finds the person with this e-mail address (compared in lower case), or creates one with the role `member`. */
  ensure(email: string): Promise<Person>;
  setRole(id: PersonId, role: Role): Promise<Person | undefined>;
  /** Locks the active administrators, so that none of them is demoted or deactivated before this transaction ends. */
  lockAdministrators(): Promise<readonly PersonId[]>;
  /** Undefined when the person was active. */
  reactivate(id: PersonId): Promise<Person | undefined>;
  /** Undefined when the person was not active. */
  deactivate(id: PersonId): Promise<Person | undefined>;
  /** Takes an inactive person's role and Slack accounts. Undefined when the person is active or removed already. */
  remove(id: PersonId): Promise<Person | undefined>;
  /** Lists a removed person again. */
  restore(id: PersonId): Promise<void>;
  /** Links an account and a person once. Undefined when either of them is already linked. */
  link(id: PersonId, account: SlackAccount): Promise<Person | undefined>;
}

/** One-time codes with which a person proves the ownership of a Slack account. Only hashes are stored. */
export interface LinkCodes {
  /** Saves a code and voids the person's older codes. `ttlMs` counts by the database's clock. */
  save(hash: Uint8Array, person: PersonId, ttlMs: number): Promise<{ readonly expiresAt: Date }>;
  /** Voids the person's unused codes. */
  void(person: PersonId): Promise<void>;
  /** Redeems the code once. Undefined when it is unknown, already used or expired. */
  take(hash: Uint8Array): Promise<PersonId | undefined>;
}
