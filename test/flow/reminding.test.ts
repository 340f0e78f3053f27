/** An undecided request gets one reminder at half of its time, and is escalated if the policy has escalation approvers. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import { type Sql, sqlOn } from '../../src/store/sql.js';
import { buildServices, type Services, unwrap } from '../support/services.js';

let services: Services;
let sql: Sql;
let caller: Caller;
let count = 0;
beforeAll(async () => {
  services = await buildServices();
  sql = sqlOn(services.database.dataSource);
});
afterAll(() => services.close());
beforeEach(async () => {
  count += 1;
  caller = (await services.agent(`agent-${count}`)).caller;
});

const uri = () => `vsecure://secrets/area${count}/*`;
const ask = () => services.ask(caller, { resources: [uri().replace('*', 'KEY')] });

/** As if it had been asked so long ago (ms). */
const asIfAsked = (id: ApprovalId, ago: number) =>
  sql(
    `update approval set created_at = created_at - $2::float8 * interval '1 ms',
       expires_at = expires_at - $2::float8 * interval '1 ms' where id = $1`,
    [id, ago],
  );

/** How often something was queued for this destination. */
const queued = async (destination: string, subject: string) =>
  (
    await sql<{ wanted: number }>(
      'select wanted from delivery where destination = $1 and subject = $2',
      [destination, subject],
    )
  )[0]?.wanted ?? 0;
const reminded = (id: ApprovalId) => queued('slack_thread', `reminder:${id}`);
const escalated = (id: ApprovalId) => queued('slack_thread', `escalation:${id}`);

describe('a reminder', () => {
  test('a reminder is sent once, when half of the time has passed', async () => {
    await services.policy({ requestTtl: HOUR }, uri());
    const { id } = await ask();
    await asIfAsked(id, 29 * MINUTE);
    await services.useCases.remindApprovers();
    expect(await reminded(id)).toBe(0);
    await asIfAsked(id, MINUTE);
    await Promise.all([services.useCases.remindApprovers(), services.useCases.remindApprovers()]);
    await services.useCases.remindApprovers();
    expect(await reminded(id)).toBe(1);
  });

  test('no reminder is sent for a request that expires within two minutes', async () => {
    await services.policy({ requestTtl: 2 * MINUTE - SECOND }, uri());
    const { id } = await ask();
    await asIfAsked(id, 100 * SECOND);
    await services.useCases.remindApprovers();
    expect(await reminded(id)).toBe(0);
  });

  test('no reminder is sent for a decided or expired request', async () => {
    await services.policy({ requestTtl: HOUR }, uri());
    const { id } = await ask();
    const decider = await services.decider('alice@example.com');
    unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
    await asIfAsked(id, 40 * MINUTE);
    const late = await services.ask(caller, { resources: [uri().replace('*', 'LATE')] });
    await asIfAsked(late.id, 61 * MINUTE);
    await services.useCases.remindApprovers();
    expect([await reminded(id), await reminded(late.id)]).toEqual([0, 0]);
  });
});

describe('an escalation', () => {
  const CAROL = { escalateTo: ['carol@example.com'], escalateAfter: 10 * MINUTE };

  test('an escalation asks the escalation approvers once, updates the card, and is recorded', async () => {
    await services.policy(CAROL, uri());
    const { id } = await ask();
    await asIfAsked(id, 9 * MINUTE);
    await services.useCases.escalateApprovals();
    expect([await escalated(id), await queued('slack_card', id)]).toEqual([0, 1]);
    expect((await services.useCases.readCardFacts(id))?.approvers).toEqual(['alice@example.com']);
    await asIfAsked(id, MINUTE);
    await Promise.all([
      services.useCases.escalateApprovals(),
      services.useCases.escalateApprovals(),
    ]);
    await services.useCases.escalateApprovals();
    expect([await escalated(id), await queued('slack_card', id)]).toEqual([1, 2]);
    expect((await services.useCases.readCardFacts(id))?.approvers).toEqual([
      'alice@example.com',
      'carol@example.com',
    ]);
    const filter = { type: 'approval_escalated' } as const;
    const { items } = await services.store.audit.list(filter, { limit: 50 });
    expect(items.filter(({ approval }) => approval === id)).toMatchObject([
      { actor: { kind: 'system' }, details: { to: ['carol@example.com'] } },
    ]);
  });

  test('there is no escalation without escalation approvers or after a decision', async () => {
    await services.policy({}, uri());
    const { id } = await ask();
    await asIfAsked(id, 50 * MINUTE);
    await services.policy(CAROL, `vsecure://secrets/area${count}/sub/*`);
    const other = await services.ask(caller, {
      resources: [`vsecure://secrets/area${count}/sub/KEY`],
    });
    await asIfAsked(other.id, 11 * MINUTE);
    const decider = await services.decider('alice@example.com');
    unwrap(await services.useCases.decide(decider, { approval: other.id, verdict: 'approve' }));
    await services.useCases.escalateApprovals();
    expect([await escalated(id), await escalated(other.id)]).toEqual([0, 0]);
  });

  test('there is no escalation when another policy decides now', async () => {
    await services.policy(CAROL, uri());
    const { id } = await ask();
    await asIfAsked(id, 11 * MINUTE);
    await services.policy({}, uri().replace('*', 'KEY'));
    await services.useCases.escalateApprovals();
    expect(await escalated(id)).toBe(0);
  });
});
