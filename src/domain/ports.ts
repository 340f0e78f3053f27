/** What the use cases need from the world, and the promise each part must keep. Adapters implement these; nobody imports an adapter. */

import type { Approval, ApprovalId, NewApproval, Settlement } from './approval.js';
import type { AuditEvent, RecordedEvent } from './audit-event.js';
import type { Grant, GrantId, NewGrant } from './grant.js';
import type { Person, PersonId, SlackAccount } from './person.js';
import type { Policy, PolicyId, PolicyRules } from './policy.js';
import type { ApiKey, Principal, PrincipalId } from './principal.js';
import type { Result } from './result.js';
import type { SecretMetadata, SecretVersion } from './secret.js';
import type { KeyClass, Operation, Role } from './vocabulary.js';
import type { Vote } from './vote.js';

// ---------------------------------------------------------------- crypto

/** What a sealed value is bound to (AES-GCM additional data): it opens nowhere else. */
export interface SecretPlace {
  readonly installation: string;
  readonly secretId: string;
  readonly path: string;
  readonly version: number;
}

/** One encrypted secret version as it is stored. */
export interface SealedValue {
  readonly algorithm: 1;
  readonly masterKeyId: string;
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

export interface Vault {
  /** Encrypts under a fresh data key. */
  seal(value: Uint8Array, place: SecretPlace): SealedValue;
  /** Throws VaultError when anything does not fit: place, key, a flipped bit. Never hands out unauthenticated bytes. */
  open(sealed: SealedValue, place: SecretPlace): Uint8Array;
}

/** A prefix and 22 base62 characters (131 random bits). */
export type MakeId = <P extends string>(prefix: P) => `${P}_${string}`;

/** SHA-256 over UTF-8, lower-case hex. */
export type Digest = (text: string) => string;

export interface ChainHash {
  genesis(installation: string): Uint8Array;
  /** SHA-256 over (0x00, "vsecure/audit/1", u64 sequence, previous hash, u32 length, canonical bytes). */
  next(previous: Uint8Array, sequence: number, canonical: string): Uint8Array;
}

export interface MintedKey {
  /** The whole key, shown once and never stored. */
  readonly token: string;
  readonly keyId: string;
  readonly hash: Uint8Array;
  /** The last four characters, so that a person can tell keys apart. */
  readonly hint: string;
}

export interface KeyHasher {
  mint(keyClass: KeyClass): MintedKey;
  /** The public key id of a well-formed token with a right checksum; undefined for anything else. */
  keyIdOf(token: string): string | undefined;
  /** Constant-time: does this token belong to that stored hash? With no stored hash it does the same work and says no. */
  matches(token: string, stored: Uint8Array | undefined): boolean;
}

// ---------------------------------------------------------------- store

/** Reads outside a transaction. Every answer carries the state as committed when it was asked. */
export interface Reads {
  /** The database's clock at this moment (`clock_timestamp()`), not the start of the transaction. */
  now(): Promise<Date>;
  readonly approvals: ApprovalReads;
  readonly grants: GrantReads;
  readonly policies: PolicyReads;
  readonly principals: PrincipalReads;
  readonly people: PersonReads;
  readonly secrets: SecretReads;
  readonly groups: SlackGroups;
  readonly audit: AuditReads;
  readonly installation: InstallationReads;
}

/** One open transaction: what was read can be locked, what is written lands together or not at all. */
export interface Tx extends Reads {
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly policies: Policies;
  readonly principals: Principals;
  readonly people: People;
  readonly secrets: Secrets;
  readonly installation: Installations;
  /**
   * Appends to the audit chain. Events are written by the store as the last statements before COMMIT, so that the chain's
   * head is the last row that any transaction locks.
   */
  record(event: AuditEvent): void;
  /** Marks the approval's card as out of date; the poster draws its latest state after the commit. */
  touchCard(id: ApprovalId): Promise<void>;
  /** Queues the announcement of a policy's change. */
  announce(id: PolicyId, version: number): Promise<void>;
  /** Wakes everyone who waits for this approval, on every process, when the transaction commits. */
  wake(id: ApprovalId): Promise<void>;
}

export interface Store extends Reads {
  /** Commits when `work` resolves; rolls everything back, audit events included, when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** What makes two requests of one principal the same. */
export type AskedThing = Pick<NewApproval, 'operation' | 'resources' | 'duration'>;

/** How much one principal has asked for lately, by the database's clock. */
export interface AskingHistory {
  readonly pending: number;
  readonly lastHour: number;
  /** Milliseconds until the oldest request of the last hour is an hour old; 0 when there is none. */
  readonly freeAfter: number;
  /** The very same question is waiting already, so asking it again costs nobody anything. */
  readonly repeats: boolean;
  /** Milliseconds since a person denied this, or a part of it; undefined when nobody did. */
  readonly sinceDenied?: number | undefined;
}

export interface Page {
  readonly limit: number;
  /** An opaque cursor from the page before. */
  readonly after?: string | undefined;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface ApprovalFilter {
  readonly status?: Approval['status'] | undefined;
  readonly principal?: PrincipalId | undefined;
}

export interface ApprovalReads {
  find(id: ApprovalId): Promise<Approval | undefined>;
  list(filter: ApprovalFilter, page: Page): Promise<Listed<Approval>>;
  /** Those that were asked at this moment or later, the oldest first. */
  since(moment: Date, page: Page): Promise<Listed<Approval>>;
  history(principal: PrincipalId, question: AskedThing): Promise<AskingHistory>;
  votes(id: ApprovalId): Promise<readonly Vote[]>;
}

export interface Approvals extends ApprovalReads {
  /** Finds an approval and holds its row: nobody else changes it before this transaction ends. */
  lock(id: ApprovalId): Promise<Approval | undefined>;
  /**
   * Writes a pending approval, its `expiresAt` reckoned by the database. When the same principal's same question is already
   * pending, that one is returned instead, held, with `repeated: true` and its count raised.
   */
  ask(approval: NewApproval): Promise<{ approval: Approval; repeated: boolean }>;
  /** Writes an approval that no person had to decide. */
  insertSettled(approval: NewApproval): Promise<Approval>;
  /** The same while the principal is held, so that two of its requests are never counted at the same time. */
  history(principal: PrincipalId, question: AskedThing): Promise<AskingHistory>;
  /** Throws on a second vote of one person: UNIQUE (approval, person). */
  addVote(vote: Vote): Promise<void>;
  /**
   * The only way out of `pending`: a conditional UPDATE on status, and on the clock for anything but an expiry.
   * Undefined when somebody or time was faster.
   */
  settle(id: ApprovalId, settlement: Settlement): Promise<Approval | undefined>;
  /** Binds a pending approval to the policy as it stands now. Votes cast under what held before are void. */
  rebind(id: ApprovalId, policy: Policy, digest: string): Promise<Approval | undefined>;
  /** Settles what time has closed, oldest first, skipping rows that others hold. */
  expireDue(limit: number): Promise<readonly Approval[]>;
}

export interface GrantFilter {
  readonly principal?: PrincipalId | undefined;
  readonly activeOnly?: boolean | undefined;
}

export interface GrantReads {
  find(id: GrantId): Promise<Grant | undefined>;
  ofApproval(id: ApprovalId): Promise<Grant | undefined>;
  list(filter: GrantFilter, page: Page): Promise<Listed<Grant>>;
  /** A live grant of this principal, under the policy that decides now, that covers all these resources for this operation. */
  covering(
    principal: PrincipalId,
    policy: PolicyId,
    operation: Operation,
    resources: readonly string[],
  ): Promise<Grant | undefined>;
}

export interface Grants extends GrantReads {
  /** UNIQUE (approval), and only for an approved one: the database refuses anything else. The clock starts now. */
  insert(grant: NewGrant): Promise<Grant>;
  /** Conditional on being live. Undefined when it had already ended. */
  end(
    id: GrantId,
    how: 'revoked' | 'released',
    by: string,
    reason?: string,
  ): Promise<Grant | undefined>;
}

export interface PolicyReads {
  /** Those of the candidate patterns that have a policy, most specific first. An index look-up, not a scan. */
  matching(candidates: readonly string[]): Promise<readonly Policy[]>;
  list(): Promise<readonly Policy[]>;
  change(id: PolicyId, version: number): Promise<PolicyChangeRecord | undefined>;
}

/** What one change of a policy did, in words, for its announcement. */
export interface PolicyChangeRecord {
  readonly policy: PolicyId;
  readonly version: number;
  readonly uri: string;
  /** The key's name. */
  readonly actor: string;
  readonly channel?: string | undefined;
  readonly lines: readonly string[];
  /** Why more is possible than before; empty when nothing is looser. */
  readonly loosens: readonly string[];
}

export interface Policies extends PolicyReads {
  /** Lets nobody else write any policy until this transaction ends; reading goes on. */
  hold(): Promise<void>;
  /** Finds the policy of exactly this pattern and holds its row. */
  lock(pattern: string): Promise<Policy | undefined>;
  /** Undefined when somebody else was faster to write one for this pattern. */
  insert(id: PolicyId, rules: PolicyRules): Promise<Policy | undefined>;
  /** Replaces the rules; the version rises by one. Undefined when `from` is no longer the latest version. */
  replace(from: Policy, rules: PolicyRules): Promise<Policy | undefined>;
  /** From now on it decides nothing; what was decided under it stays on record. Undefined when `from` is outdated. */
  remove(from: Policy): Promise<Policy | undefined>;
  recordChange(change: PolicyChangeRecord): Promise<void>;
}

/** Who is in a Slack user group, as Slack last said. */
export interface SlackGroups {
  /** The members of those groups whose membership is known and fresh enough to decide by. */
  members(groups: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  save(teamId: string, groupId: string, members: readonly string[]): Promise<void>;
}

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
  /** A Slack account links once and never relinks: undefined when either side is already linked. */
  link(id: PersonId, account: SlackAccount): Promise<Person | undefined>;
}

export interface SecretReads {
  find(path: string): Promise<SecretMetadata | undefined>;
  list(page: Page): Promise<Listed<SecretMetadata>>;
}

export interface Secrets extends SecretReads {
  /** Finds a secret and holds its row. */
  lock(path: string): Promise<SecretMetadata | undefined>;
  /** Undefined when a path that differs at most in case exists. */
  insert(id: string, path: string): Promise<SecretMetadata | undefined>;
  addVersion(version: SecretVersion): Promise<SecretMetadata>;
}

export interface AuditFilter {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly type?: AuditEvent['type'] | undefined;
  /** A resource or pattern, in full. */
  readonly resource?: string | undefined;
  /** A key's name or a person's e-mail. */
  readonly actor?: string | undefined;
  /** Only events that touch this principal: what an agent may see. */
  readonly principal?: PrincipalId | undefined;
}

export interface AuditReads {
  list(filter: AuditFilter, page: Page): Promise<Listed<RecordedEvent>>;
}

export interface Installation {
  readonly id: string;
  /** Proves that the master key is the one this database was sealed with. */
  readonly keyCheck: Uint8Array;
}

export interface InstallationReads {
  find(): Promise<Installation | undefined>;
}

export interface Installations extends InstallationReads {
  insert(installation: Installation): Promise<void>;
}

// ---------------------------------------------------------------- reading a value

export interface ReadRequest {
  readonly principal: PrincipalId;
  readonly principalName: string;
  readonly key: string;
  readonly resource: string;
  readonly version?: number | undefined;
}

/** A read that the ledger let through: the grant held, the use is counted, the event is committed. */
export interface OpenedRead {
  readonly grant: GrantId;
  readonly grantEndsAt: Date;
  /** Milliseconds that the grant still had when the database looked at its clock. */
  readonly remainingMs: number;
  readonly place: SecretPlace;
  readonly sealed: SealedValue;
}

export interface ReadLedger {
  /**
   * Checks the grant, counts the use and appends the event, all committed before this resolves; refusals are recorded too.
   * Throws when the audit trail cannot be written: then nothing may be read.
   */
  open(read: ReadRequest): Promise<Result<OpenedRead>>;
}

// ---------------------------------------------------------------- delivering

/** One thing that a destination has not been told yet, leased to this process. */
export interface Leased {
  readonly subject: string;
  /** What `sent` becomes when this is done; the card's revision. */
  readonly wanted: number;
  readonly attempts: number;
}

export type Destination = 'slack_card' | 'slack_policy_change';

/** The outbox. A lease that runs out is given again, so a destination must bear hearing a thing twice. */
export interface Deliveries {
  lease(destination: Destination, limit: number, leaseMs: number): Promise<readonly Leased[]>;
  /** Done up to `wanted`; a change that came meanwhile keeps it due. */
  sent(destination: Destination, leased: Leased): Promise<void>;
  /** Due again after `delayMs`. `error` is a short code, never a body. */
  retry(destination: Destination, leased: Leased, delayMs: number, error: string): Promise<void>;
}

export interface PostedCard {
  readonly approval: ApprovalId;
  readonly teamId: string;
  readonly channel: string;
  readonly messageTs: string;
}

export interface Cards {
  find(id: ApprovalId): Promise<PostedCard | undefined>;
  /** Which approval does this message show? Undefined for a message that is not one of ours. */
  shownBy(channel: string, messageTs: string): Promise<ApprovalId | undefined>;
  save(card: PostedCard): Promise<void>;
}

// ---------------------------------------------------------------- waking and people

export interface Wakeups {
  /**
   * Resolves when the approval may have changed, the signal aborts, or `ms` have passed. Subscribe first, re-read, then wait:
   * `next` is armed when `subscribe` returns.
   */
  subscribe(id: ApprovalId): Wakeup;
}

export interface Wakeup {
  next(ms: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** What Slack says of an account right now. */
export interface SlackProfile {
  readonly teamId: string;
  readonly userId: string;
  readonly email?: string | undefined;
  /** A full, present member of the connected workspace with a confirmed address: no guest, bot, stranger or leaver. */
  readonly standing: 'member' | 'guest' | 'deactivated' | 'foreign' | 'bot' | 'unconfirmed';
}

export interface Directory {
  /** Asks Slack, briefly. Undefined when Slack does not answer in time: then nobody may decide through it. */
  profile(userId: string): Promise<SlackProfile | undefined>;
  /** The account with this confirmed address. `unknown` when there is none; undefined when Slack does not answer. */
  byEmail(email: string): Promise<SlackProfile | 'unknown' | undefined>;
  /** Slack user ids in a user group. Undefined when Slack does not answer or does not know it. */
  groupMembers(groupId: string): Promise<readonly string[] | undefined>;
  /** The connected workspace. Undefined while Slack has not said it. */
  teamId(): string | undefined;
}

// ---------------------------------------------------------------- running

/** Which fires of scheduled jobs have been taken, by any process. */
export interface JobRuns {
  /** True for the one process that gets to run this fire. */
  claim(key: string): Promise<boolean>;
  finished(key: string): Promise<void>;
  /** Forgets old fires. */
  forget(): Promise<void>;
}

/** Structured logging: ids and codes only; never a body, a value, a reason or a token. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
