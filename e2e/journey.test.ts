/** A request from start to end, over both transports of Slack: requested, decided with a reason, read, with a correct card at each step. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlOn } from '../src/store/sql.js';
import { brokenInvariants } from '../test/support/invariants.js';
import { findAction } from '../test/support/slack/card.js';
import { localSlackAvailable } from '../test/support/slack/local-slack.js';
import { typed } from '../test/support/slack/view-values.js';
import { until } from '../test/support/until.js';
import { vsecure } from '../test/support/vsecure.js';
import { ALICE, BOB, openWorkspace, SECRET, type Workspace, wordsOf } from './workspace.js';

const VALUE = 'postgres://app:hunter2@db/production';

const reason = (text: string) => ({ reason: { text: typed(text) } });

describe.runIf(localSlackAvailable()).each(['http', 'socket'] as const)('over %s', (mode) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await openWorkspace({ mode, value: VALUE });
  });
  afterAll(() => workspace.close());

  test('the card appears, alice approves with a reason, the card says so, and the waiting agent reads', async () => {
    const { slack, agent, card, click, redrawn } = workspace;
    const id = await agent.ask('Users cannot log in; checking the connection');
    const waiting = agent.wait(id);
    const pending = await card(id);
    expect(wordsOf(pending)).toContain('production/DATABASE_URL');
    expect(wordsOf(pending)).toContain('Users cannot log in');

    expect(await click(ALICE, pending, 'approve')).toMatchObject({ callback_id: 'approve_form' });
    slack.submitView(ALICE, reason('Known incident'));
    const done = await redrawn(pending['ts'], 'Approved');
    expect(wordsOf(done)).toContain('Known incident');
    expect(wordsOf(done)).toContain(`<@${ALICE}>`);
    expect(findAction(done, 'approve')).toBeUndefined();
    await until('the form to close', () => slack.views().length === 0);

    expect(await waiting).toMatchObject({ status: 'approved', decision_reason: 'Known incident' });
    expect((await agent.read()).structured).toMatchObject({ resource: SECRET, value: VALUE });
  });

  test('a denial without a reason is refused at its field, and the agent gets the reason of the denial', async () => {
    const { slack, agent, card, click, redrawn } = workspace;
    const id = await agent.ask('I would like to have a look');
    const waiting = agent.wait(id);
    const pending = await card(id);

    expect(await click(ALICE, pending, 'deny')).toMatchObject({ callback_id: 'deny_form' });
    slack.submitView(ALICE, reason(''));
    await until('words at the field', () => slack.viewErrors()?.['reason']);
    expect(await card(id)).toEqual(pending);
    slack.submitView(ALICE, reason('Use the read replica'));
    const done = await redrawn(pending['ts'], 'Denied');
    expect(wordsOf(done)).toContain('Use the read replica');
    expect(await waiting).toMatchObject({
      status: 'denied',
      decision_reason: 'Use the read replica',
    });
  });

  test('bob gets the reason why he cannot approve his own key’s request, and the request stays pending', async () => {
    const { agent, card, refusedClick } = workspace;
    const id = await agent.ask('Bob wants this to be quick');
    const pending = await card(id);
    // At the first click, before he fills in a form.
    expect(await refusedClick(BOB, pending, 'approve')).toMatch(/own/);
    expect(await card(id)).toEqual(pending);
    expect(
      (await agent.call('wait-for-decision', { approval_id: id, wait_seconds: 0 })).structured,
    ).toMatchObject({ status: 'pending' });
  });

  test('a decision on the command line updates the card, and a click on the old card shows the outcome', async () => {
    const { slack, agent, card, click, redrawn, server, services } = workspace;
    const id = await agent.ask('Looking at the slow query');
    const pending = await card(id);
    const { token } = await services.human('alice@example.com');
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token };
    const ran = await vsecure(['mcp:approve', id, '--reason', 'by CLI', '--duration', '30m'], {
      env,
    });
    expect(ran).toMatchObject({ exit: 0, stdout: `Approved ${id} for 30m.\n` });
    const done = await redrawn(pending['ts'], 'Approved');
    expect(wordsOf(done)).toContain('by CLI');

    slack.closeView(ALICE);
    await until('no form', () => slack.views().length === 0);
    const notice = await click(ALICE, pending, 'deny');
    expect(wordsOf(notice)).toContain('Approved');
    expect(notice['callback_id']).not.toBe('deny_form');
    slack.closeView(ALICE);
  });

  test('the card of an expired request says so, and the agent learns that it was not denied', async () => {
    const { agent, card, redrawn, services } = workspace;
    const id = await agent.ask('No approver sees this in time');
    const pending = await card(id);
    const waiting = agent.wait(id);
    await sqlOn(services.database.dataSource)(
      `update approval set created_at = clock_timestamp() - interval '2 hours',
         expires_at = clock_timestamp() - interval '1 second' where id = $1`,
      [id],
    );
    const done = await redrawn(pending['ts'], 'Expired');
    expect(findAction(done, 'approve')).toBeUndefined();
    expect(await waiting).toMatchObject({ status: 'expired' });
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});
