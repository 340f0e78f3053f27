/** No hostile text can prevent the audit event of a refusal. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { exportTrail, firstFault } from './trail.js';

const POISON: Record<string, string> = {
  'a NUL': 'because\0of that',
  'a lone high surrogate': 'because\uD800 of that',
  'a lone low surrogate': '\uDC00because of that',
  'surrogates in the wrong order': 'because \uDC00\uD800 of that',
  '2,000 characters': 'x'.repeat(2000),
  '2,000 NULs': '\0'.repeat(2000),
  'new lines': 'because\r\n\n\u2028\u2029of\vthat',
  'JSON that closes early': '"}],"type":"secret_read","x":[{"',
  'an escaped NUL': 'because \\u0000 of that',
  SQL: `'; drop table audit_event; --`,
  'direction marks': 'because\u202E of \u2066that\u200B',
  emoji: '\u{1F511}'.repeat(500),
  __proto__: '__proto__',
};

let services: Services;
let caller: Caller;
let approval: `appr_${string}`;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ requireReason: false });
  await services.secret();
  ({ caller } = await services.agent());
  approval = (await services.ask(caller)).id;
});
afterAll(async () => {
  expect(await firstFault(await exportTrail(services))).toBeUndefined();
  await services.close();
});

/** The only event that the action writes. Throws when it writes more or fewer. */
async function onlyEvent(act: () => Promise<unknown>) {
  const newest = () => services.store.audit.list({}, { limit: 2 });
  const before = (await newest()).items[0]?.sequence ?? 0;
  await act();
  const { items } = await newest();
  expect(items.filter(({ sequence }) => sequence > before)).toHaveLength(1);
  return items[0];
}

const ask = (changes: object) =>
  services.useCases.requestAccess(caller, {
    resources: [DATABASE_URL],
    operation: 'read',
    reason: 'Debugging the failing connection',
    renew: true,
    ...changes,
  });

describe.each(Object.entries(POISON))('%s', (_, text) => {
  test('in the reason of a request that is refused leaves exactly one event', async () => {
    const event = await onlyEvent(() => ask({ operation: 'delete', reason: text }));
    expect(event).toMatchObject({ type: 'access_refused', refusal: 'not_permitted' });
  });

  test('in the name of a resource leaves exactly one event', async () => {
    const event = await onlyEvent(() => ask({ resources: [`vsecure://secrets/${text}`, text] }));
    expect(event).toMatchObject({ type: 'access_refused' });
    expect(event?.refusal).toMatch(/^(invalid_resource|no_policy)$/);
  });

  test('in the reason of a decision that is refused leaves exactly one event', async () => {
    const mallory = await services.decider('mallory@example.com');
    const decision = { approval, verdict: 'deny', reason: text } as const;
    const event = await onlyEvent(() => services.useCases.decide(mallory, decision));
    expect(event).toMatchObject({ type: 'decision_refused', refusal: 'not_an_approver' });
  });

  test('in a request from an unknown workspace leaves exactly one event', async () => {
    const event = await onlyEvent(() => services.useCases.recordForeignWorkspace(text, text, text));
    expect(event).toMatchObject({ type: 'foreign_request', refusal: 'foreign_team' });
  });

  test('in an accepted reason and client\u2019s name is stored in readable form', async () => {
    const claimedClient = text.slice(0, 200);
    const { approval: asked } = unwrap(
      await ask({ reason: text, claimedClient, duration: 60_000 }),
    );
    const stored = await services.store.approvals.find(asked.id);
    expect(stored?.reason).toBe(asked.reason);
    expect(stored?.reason.isWellFormed() && stored.claimedClient?.isWellFormed()).toBe(true);
    unwrap(await services.useCases.cancelRequest(caller, asked.id));
  });

  test('in the reason of a denial is stored in readable form', async () => {
    const { id } = await services.ask(caller, { duration: 90_000, renew: true });
    const alice = await services.decider('alice@example.com');
    const denied = await services.useCases.decide(alice, {
      approval: id,
      verdict: 'deny',
      reason: text,
    });
    expect(unwrap(denied)).toMatchObject({ status: 'denied' });
    const { items } = await services.store.audit.list({ type: 'vote_cast' }, { limit: 1 });
    expect(items[0]?.reason).toBe(text.toWellFormed().replaceAll('\0', '\uFFFD'));
  });
});

test('a refused read leaves exactly one event', async () => {
  const event = await onlyEvent(async () => {
    const answer = await services.useCases.readSecret(caller, { resource: DATABASE_URL });
    expect(refusalOf(answer)).toBe('approval_required');
  });
  expect(event).toMatchObject({ type: 'read_refused', refusal: 'approval_required' });
});
