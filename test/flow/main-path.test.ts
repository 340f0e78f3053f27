/** The main path through the use cases, without adapters. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.secret('s3cret-value');
});
afterAll(() => services.close());

describe('an agent, a person and a secret', () => {
  test('an agent can read a secret after the request is approved, and every step is on the audit trail', async () => {
    const { caller } = await services.agent();
    const { useCases } = services;
    expect(refusalOf(await useCases.readSecret(caller, { resource: DATABASE_URL }))).toBe(
      'approval_required',
    );
    const approval = await services.ask(caller);
    expect(approval.status).toBe('pending');

    const waiting = useCases.waitForDecision(caller, approval.id, { ms: 20_000 });
    const alice = await services.decider('alice@example.com');
    const decided = await useCases.decide(alice, {
      approval: approval.id,
      verdict: 'approve',
      reason: 'go ahead',
    });
    expect(unwrap(decided).status).toBe('approved');
    expect(unwrap(await waiting)).toMatchObject({
      approval: { status: 'approved' },
      grant: { status: 'active' },
    });

    const read = unwrap(await useCases.readSecret(caller, { resource: DATABASE_URL }));
    expect(Buffer.from(read.value).toString()).toBe('s3cret-value');

    const { items } = unwrap(await useCases.queryAudit(services.admin, {}, { limit: 50 }));
    expect(items.map(({ type }) => type).reverse()).toEqual([
      'installation_created',
      'key_created',
      'policy_changed',
      'secret_written',
      'key_created',
      'read_refused',
      'approval_requested',
      'vote_cast',
      'approval_decided',
      'access_granted',
      'secret_read',
    ]);
  });
});
