/** All use cases over a real PostgreSQL, without listeners, and helpers that create policies, secrets, keys and requests. */

import { randomBytes } from 'node:crypto';
import { createAnswerSeal } from '../../src/crypto/answer-seal.js';
import { createKeyHasher } from '../../src/crypto/api-key.js';
import { chainHash } from '../../src/crypto/chain-hash.js';
import { createDetachmentProof } from '../../src/crypto/detachment-proof.js';
import { digest } from '../../src/crypto/digest.js';
import { createVault } from '../../src/crypto/envelope.js';
import { createFingerprint } from '../../src/crypto/fingerprint.js';
import { makeId } from '../../src/crypto/ids.js';
import { keyCheck, parseMasterKey } from '../../src/crypto/master-key.js';
import { generateSecureToken } from '../../src/crypto/random-token.js';
import { makeSigningSecret } from '../../src/crypto/signing-secret.js';
import type { Approval } from '../../src/domain/approval.js';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import type { KeyClass, Scope } from '../../src/domain/vocabulary.js';
import { currentOrigin } from '../../src/main/request-context.js';
import type { Directory, Senders } from '../../src/ports/index.js';
import { createAutoApprovals } from '../../src/store/auto-approvals.js';
import { createCards } from '../../src/store/cards.js';
import type { DatabaseConnection } from '../../src/store/database.js';
import { createDigests } from '../../src/store/digests.js';
import { createCountOn } from '../../src/store/metric-rollup.js';
import { createNotificationOutbox } from '../../src/store/notification-outbox.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { createSlackOutbox } from '../../src/store/slack-outbox.js';
import { createStore } from '../../src/store/store.js';
import { createListener } from '../../src/store/wakeups.js';
import type { Decider } from '../../src/usecases/approvals/decide.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import type { RequestLimits } from '../../src/usecases/approvals/request-limits.js';
import { createUseCases, type Parts } from '../../src/usecases/index.js';
import { openInstallation } from '../../src/usecases/open-installation.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { type TestDatabase, testDatabase } from './database.js';

export const PRODUCTION = 'vsecure://secrets/production/*';
export const DATABASE_URL = 'vsecure://secrets/production/DATABASE_URL';
export const REASON = 'Debugging the failing database connection';

export type Services = Awaited<ReturnType<typeof buildServices>>;

export interface ServicesOptions {
  readonly database?: Pick<TestDatabase, 'dataSource' | 'close'> & {
    readonly connection: DatabaseConnection;
  };
  readonly defaultApprovers?: readonly string[];
  readonly masterKey?: string;
  /** Default: limits that no test reaches. */
  readonly limits?: Partial<RequestLimits>;
  /** Default: no Slack. */
  readonly directory?: Directory;
  /** Replaces a part with a broken one, to show that a test fails on it. */
  readonly change?: (parts: Parts) => Parts;
  readonly onDelivery?: () => void;
  /** Default: no senders. */
  readonly senders?: Senders;
}

const NO_SENDERS: Senders = { email: undefined, slack: undefined, webhook: undefined };

/** The value of a result. Throws the refusal's explanation, so that a test whose set-up fails stops at once. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`refused: ${result.refusal.code}: ${explain(result.refusal)}`);
}

/** The code of a refusal. Throws when the result is not one. */
export function refusalOf(result: Result<unknown>): string {
  if (result.ok) throw new Error('this was expected to be refused');
  return result.refusal.code;
}

export async function buildServices(options: ServicesOptions = {}) {
  const database = options.database ?? (await testDatabase());
  const { dataSource, connection } = database;
  const masterKeyText = options.masterKey ?? randomBytes(32).toString('base64');
  const masterKey = parseMasterKey(masterKeyText, 'VSECURE_MASTER_KEY');
  const store = createStore(dataSource, { chain: chainHash, makeId, origin: currentOrigin });
  const installation = await openInstallation(store, makeId, keyCheck(masterKey));
  const listener = createListener(connection, options.onDelivery);
  await listener.start();
  const original: Parts = {
    store,
    ledger: createReadLedger(dataSource, chainHash, installation.id),
    wakeups: listener,
    vault: createVault(masterKey),
    hasher: createKeyHasher(masterKey),
    makeId,
    digest,
    fingerprint: createFingerprint(masterKey),
    chain: chainHash,
    answerSeal: createAnswerSeal(masterKey, installation.id),
    detachments: createDetachmentProof(masterKey, installation.id),
    makeToken: generateSecureToken,
    makeSigningSecret,
    senders: options.senders ?? NO_SENDERS,
    checkTarget: () => undefined,
    stopwatch: () => performance.now(),
    installation: installation.id,
    defaultApprovers: options.defaultApprovers ?? [],
    limits: { maxPending: 1000, maxPerHour: 100_000, deniedCooldown: 0, ...options.limits },
    directory: () => options.directory,
    linkByEmail: true,
    humanKeys: 'admin',
  };
  const parts = options.change?.(original) ?? original;
  const useCases = createUseCases(parts);

  const callerWith = async (token: string) => unwrap(await useCases.authenticate(token));
  const adminToken = unwrap(await useCases.bootstrapAdmin('admin@example.com')).token;
  const admin = await callerWith(adminToken);

  const key = async (
    name: string,
    keyClass: KeyClass,
    owner: string,
    scopes?: readonly Scope[],
  ) => {
    const wish = { name, class: keyClass, owner, scopes };
    const { token } = unwrap(await useCases.manageKeys.create(admin, wish));
    return { token, caller: await callerWith(token) };
  };

  const person = (email: string) => store.transaction((tx) => tx.people.ensure(email));

  return {
    ...parts,
    useCases,
    database,
    masterKeyText,
    listener,
    slackOutbox: createSlackOutbox(dataSource),
    notificationOutbox: createNotificationOutbox(dataSource),
    countOn: createCountOn(dataSource),
    cards: createCards(dataSource),
    autoApprovals: createAutoApprovals(dataSource),
    digests: createDigests(dataSource),
    admin,
    adminToken,
    key,
    person,

    /** An agent's key: `{ token, caller }`. */
    agent: (name = 'claude-desktop', owner = 'bob@example.com') => key(name, 'agent', owner),
    /** A person's key: `{ token, caller }`. */
    human: (email: string) => key(`${email.split('@')[0]}-laptop`, 'human', email),

    async decider(email: string, entryPoint: Decider['entryPoint'] = 'api'): Promise<Decider> {
      return { person: await person(email), entryPoint, through: 'a test' };
    },

    async policy(changes: PolicyChanges = {}, uri = PRODUCTION) {
      const rules = { approvers: ['alice@example.com'], ...changes };
      return unwrap(await useCases.configureResource(admin, uri, rules, 'merge')).policy;
    },

    async secret(value = 'postgres://user:hunter2@db/production', path = DATABASE_URL) {
      const secret = { path, value: Buffer.from(value) };
      return unwrap(await useCases.writeSecret(admin, secret));
    },

    /** A pending approval, or an approved one where the policy needs no person. */
    async ask(caller: Caller, ask: Partial<AccessRequest> = {}): Promise<Approval> {
      const whole = {
        resources: [DATABASE_URL],
        operation: 'read',
        reason: REASON,
        ...ask,
      } as const;
      return unwrap(await useCases.requestAccess(caller, whole)).approval;
    },

    async close() {
      await listener.stop();
      await database.close();
    },
  };
}
