/** What the paths that agents and approvers wait for ask of the database: the number of statements and of waits cannot grow unnoticed. */

import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase62 } from '../../src/crypto/base62.js';
import type { KeyHasher } from '../../src/ports/index.js';
import { createAuthenticate } from '../../src/usecases/authorization/authenticate.js';
import { buildServices, refusalOf, type Services } from '../support/services.js';
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
