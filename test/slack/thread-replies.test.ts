/** A pending request is repeated in the thread of its card: a reminder halfway to its expiry, and an escalation to more approvers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { MINUTE } from '../../src/domain/limits.js';
import { sqlOn } from '../../src/store/sql.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { unwrap } from '../support/services.js';
import { asString } from '../support/slack/json.js';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { idOf, linkAccount, type OwnersScene, openOwnersScene, textOf } from './owners.js';

let scene: OwnersScene;
let agent: Awaited<ReturnType<OwnersScene['services']['agent']>>;
let count = 0;
beforeAll(async () => {
  scene = await openOwnersScene();
  agent = await scene.services.agent();
  await linkAccount(scene, 'carol');
  await scene.slack.start();
});
afterAll(() => scene.close());

const TEN = { escalateTo: ['carol@example.com'], escalateAfter: 10 * MINUTE };

/** A request with a card, as if it had been requested this long ago (ms). */
async function asked(ago: number, changes: PolicyChanges = {}) {
  count += 1;
  await scene.services.policy(changes, `vsecure://secrets/area${count}/*`);
  const resources = [`vsecure://secrets/area${count}/KEY`];
  const approval = await scene.services.ask(agent.caller, { resources });
  const card = await scene.card(approval.id);
  await sqlOn(scene.services.database.dataSource)(
    `update approval set created_at = created_at - $2::float8 * interval '1 ms',
       expires_at = expires_at - $2::float8 * interval '1 ms' where id = $1`,
    [approval.id, ago],
  );
  return { ...approval, ts: asString(card['ts']) };
}

const replies = async ({ ts }: { ts: string }) => (await scene.emulate.replies(ts)).map(textOf);
const reply = (to: { ts: string }, words: string) =>
  until(`an answer with "${words}"`, async () =>
    (await replies(to)).find((text) => text.includes(words)),
  );

/** No thread reply is left to send. */
const allSaid = () =>
  until('all notes', async () => {
    const due = await sqlOn(scene.services.database.dataSource)(
      `select 1 from delivery where destination = 'slack_thread' and sent < wanted`,
    );
    return due.length === 0;
  });

const decide = async (id: ApprovalId) => {
  const decider = await scene.services.decider('alice@example.com');
  return unwrap(
    await scene.services.useCases.decide(decider, { approval: id, verdict: 'approve' }),
  );
};

describe('a reminder', () => {
  test('is sent once in the thread, mentions the approvers and names the deadline', async () => {
    const request = await asked(31 * MINUTE);
    await scene.services.useCases.remindApprovers();
    const text = await reply(request, 'Still pending.* Decide');
    expect(text).toContain(`<@${idOf(scene, 'alice')}>`);
    expect(text).toContain('<!date^');
    expect(text).toContain('Reminder: a request is still pending.');
    await scene.services.useCases.remindApprovers();
    await allSaid();
    expect(await replies(request)).toHaveLength(1);
  });

  test('mentions no approver when the policy turns mentions off', async () => {
    const request = await asked(31 * MINUTE, { mention: false });
    await scene.services.useCases.remindApprovers();
    const text = await reply(request, 'Still pending.* Decide');
    expect(text).toContain('alice@example.com');
    expect(text).not.toContain('<@');
  });

  test('is not sent when the request is decided before it is due', async () => {
    const request = await asked(31 * MINUTE);
    await scene.services.store.transaction(async (tx) => {
      await tx.approvals.remindDue(100, 0);
    });
    await decide(request.id);
    await scene.services.store.transaction((tx) => tx.enqueueThreadReply('reminder', request.id));
    await allSaid();
    expect(await replies(request)).toEqual([]);
  });

  test('is dropped when the card was deleted', async () => {
    const request = await asked(31 * MINUTE);
    const fault = { fault: 'error', error: 'thread_not_found' } as const;
    scene.proxy.inject({
      method: 'chat.postMessage',
      when: (body) => !!body['thread_ts'],
      ...fault,
    });
    await scene.services.useCases.remindApprovers();
    await allSaid();
    expect(scene.slack.state()).toBe('ok');
    expect(await replies(request)).toEqual([]);
  });
});

describe('an escalation', () => {
  test('mentions the additional approvers in the thread and on the card, and they may decide', async () => {
    const request = await asked(11 * MINUTE, TEN);
    const early = textOf(await scene.card(request.id));
    expect(early).not.toContain(idOf(scene, 'carol'));
    await scene.services.useCases.escalateApprovals();
    const text = await reply(request, 'These approvers can now decide');
    expect(text).toContain(`<@${idOf(scene, 'carol')}>`);
    expect(text).not.toContain(`<@${idOf(scene, 'alice')}>`);
    await scene.card(request.id, (drawn) => drawn.includes(`<@${idOf(scene, 'carol')}>`));

    const form = await scene.openForm('carol', request.id, 'approve');
    await scene.submit('carol', form, { reason: { text: typed('Alice is away') } });
    expect((await scene.services.store.approvals.find(request.id))?.status).toBe('approved');
  });

  test('gives the additional approvers no right to decide before it is due', async () => {
    const request = await asked(9 * MINUTE, TEN);
    await scene.services.useCases.escalateApprovals();
    await scene.refusedClick('carol', request.id, 'approve', 'not one of the approvers');
    await allSaid();
    expect(await replies(request)).toEqual([]);
  });
});

test('every message to Slack is within its limits', () => {
  expect(scene.lint()).toEqual([]);
});
