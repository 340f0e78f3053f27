/** What the paths that agents and approvers wait for ask of the database: the number of statements and of waits cannot grow unnoticed. */

import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase62 } from '../../src/crypto/base62.js';
import type { Approval } from '../../src/domain/approval.js';
import type { KeyHasher } from '../../src/ports/index.js';
import { requestContent } from '../../src/usecases/approvals/request-access.js';
import { createAuthenticate } from '../../src/usecases/authorization/authenticate.js';
import { idempotencyKeyOf } from '../../src/usecases/idempotent.js';
import { buildServices, REASON, refusalOf, type Services, unwrap } from '../support/services.js';
import { statementsOf } from '../support/statements.js';

type AuthenticationStore = Parameters<typeof createAuthenticate>[0];

let services: Services;
beforeAll(async () => {
  services = await buildServices();
});
afterAll(() => services.close());

describe('authentication', () => {
  test('asks one statement, and one wait, of the database', async () => {
    const { token } = await services.agent('one-statement');
    const sent = await statementsOf(() => services.useCases.authenticate(token));
    expect(sent.statements).toEqual([expect.stringContaining('from api_key k join principal p')]);
    expect(sent.waits).toBe(1);
  });

  /** What a wrong token costs: the answer, the statements, and the results of comparing hashes. */
  async function costOf(store: AuthenticationStore, token: string) {
    const compared: boolean[] = [];
    const hasher: KeyHasher = {
      ...services.hasher,
      matches: (given, stored) => {
        const same = services.hasher.matches(given, stored);
        compared.push(same);
        return same;
      },
    };
    const authenticate = createAuthenticate(store, hasher);
    let answer = '';
    const { statements } = await statementsOf(async () => {
      answer = refusalOf(await authenticate(token));
    });
    return { answer, statements, compared };
  }

  /** The genuine token with another secret part and its right checksum. */
  function withWrongSecret(token: string): string {
    const secret = 'x'.repeat(43);
    const body = token.slice(0, -49) + secret;
    return body + toBase62(crc32(body), 6);
  }

  test('does the same work for a known key id as for an unknown one', async () => {
    const { token } = await services.agent('known-id');
    const unknown = await costOf(services.store, services.hasher.mint('agent').token);
    expect(unknown).toMatchObject({ answer: 'invalid_key', compared: [false] });
    expect(unknown.statements).toHaveLength(1);
    expect(await costOf(services.store, withWrongSecret(token))).toEqual(unknown);
  });

  test('a look-up in two steps does more for a known key id, and the check above notices', async () => {
    const { token } = await services.agent('two-steps');
    const { principals } = services.store;
    const twoSteps = {
      principals: {
        ...principals,
        async credentials(keyId: string) {
          const found = await principals.credentials(keyId);
          const principal = found && (await principals.find(found.principal.id));
          return found && principal && { ...found, principal };
        },
      },
    };
    const unknown = await costOf(twoSteps, services.hasher.mint('agent').token);
    expect(await costOf(twoSteps, withWrongSecret(token))).not.toEqual(unknown);
  });
});

describe('what an agent or an approver waits for', () => {
  /** Measured twice, because the first time may open connections and find no earlier grant. */
  async function costOf(work: (round: number) => Promise<unknown>) {
    await work(0);
    const { statements, waits } = await statementsOf(() => work(1));
    return { statements: statements.length, waits };
  }
  const KEY = (n: number) => `vsecure://secrets/production/KEY_${n}`;
  let next = 0;
  const fresh = () => KEY(next++);
  const call = async (token: string) => unwrap(await services.useCases.authenticate(token));
  const request = (resource: string) =>
    ({ resources: [resource], operation: 'read', reason: REASON }) as const;
  beforeAll(() => services.policy());

  test('a request costs four waits, its authentication included', async () => {
    const { token } = await services.agent('asking');
    const ask = async () =>
      unwrap(await services.useCases.requestAccess(await call(token), request(fresh())));
    expect(await costOf(ask)).toEqual({ statements: 10, waits: 4 });
  });

  test('a decision costs four waits, its authentication included, whether it approves or denies', async () => {
    const { caller } = await services.agent('asking-for-decisions');
    const alice = await services.human('alice@example.com');
    const asked: Approval[] = [];
    for (let n = 0; n < 4; n += 1) asked.push(await services.ask(caller, { resources: [fresh()] }));
    const decide = async (n: number, verdict: 'approve' | 'deny') => {
      const { owner: person, key } = await call(alice.token);
      const decider = { person, entryPoint: 'api', through: key.id, key: key.id } as const;
      const decision = { approval: asked[n]?.id ?? 'appr_', verdict, reason: REASON } as const;
      unwrap(await services.useCases.decide(decider, decision));
    };
    expect(await costOf((round) => decide(round, 'approve'))).toEqual({ statements: 10, waits: 4 });
    expect(await costOf((round) => decide(2 + round, 'deny'))).toEqual({
      statements: 10,
      waits: 4,
    });
  });

  test('withdrawing a request and releasing a grant cost four waits each', async () => {
    const { caller, token } = await services.agent('ending');
    const alice = await services.decider('alice@example.com');
    const asked: Approval[] = [];
    for (let n = 0; n < 4; n += 1) asked.push(await services.ask(caller, { resources: [fresh()] }));
    const id = (n: number) => asked[n]?.id ?? 'appr_';
    const cancel = async (n: number) =>
      unwrap(await services.useCases.cancelRequest(await call(token), id(n)));
    expect(await costOf(cancel)).toEqual({ statements: 8, waits: 4 });
    for (const n of [2, 3])
      unwrap(await services.useCases.decide(alice, { approval: id(n), verdict: 'approve' }));
    const grants = await Promise.all([2, 3].map((n) => services.store.grants.ofApproval(id(n))));
    const release = async (n: number) =>
      unwrap(await services.useCases.releaseGrant(await call(token), grants[n]?.id ?? 'grnt_'));
    expect(await costOf(release)).toEqual({ statements: 7, waits: 4 });
  });

  test('an idempotency key adds one wait', async () => {
    const { token } = await services.agent('retrying');
    const ask = async () => {
      const caller = await call(token);
      const wanted = request(fresh());
      const key = idempotencyKeyOf(caller, wanted.resources[0], requestContent(wanted));
      unwrap(await services.useCases.requestAccess(caller, wanted, key));
    };
    expect(await costOf(ask)).toEqual({ statements: 12, waits: 5 });
  });
});
