/** `/vsecure` and the App Home, over both transports of Slack. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asArray, asObject, asString, type JsonObject } from '../test/support/slack/json.js';
import { localSlackAvailable } from '../test/support/slack/local-slack.js';
import { typed } from '../test/support/slack/view-values.js';
import { until } from '../test/support/until.js';
import { vsecure } from '../test/support/vsecure.js';
import { ALICE, BOB, openWorkspace, type Workspace, wordsOf } from './workspace.js';

const CHANNEL = 'C01APPROVALS';

describe.runIf(localSlackAvailable()).each(['http', 'socket'] as const)('over %s', (mode) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await openWorkspace({ mode, value: 'postgres://app:hunter2@db/production' });
  });
  afterAll(() => workspace.close());

  /** Types `/vsecure …` and resolves with the ephemeral answer. */
  async function command(user: string, text: string): Promise<string> {
    const { slack } = workspace;
    const shown = async () =>
      (await slack.messages(CHANNEL)).filter(
        (message) => message['subtype'] === 'ephemeral' && message['ephemeral_to'] === user,
      );
    const before = (await shown()).length;
    await slack.command(user, CHANNEL, text);
    return until(`an answer to ${text}`, async () => {
      const answer = (await shown())[before];
      return answer && JSON.stringify(answer['blocks'] ?? answer['text']);
    });
  }

  const home = (user: string, ...words: readonly string[]) =>
    until(`a Home with "${words.join('", "')}"`, () => {
      const view = workspace.slack.home(user);
      return view && words.every((one) => JSON.stringify(view).includes(one)) ? view : undefined;
    });

  const buttonValues = (view: JsonObject, actionId: string): string =>
    asArray(view['blocks'])
      .map(asObject)
      .flatMap((block) => [...asArray(block['elements']), block['accessory']])
      .map(asObject)
      .filter((one) => one['action_id'] === actionId)
      .map((one) => asString(one['value']))
      .join();

  test('commands are answered only to their user, with what this user may see', async () => {
    const id = await workspace.agent.ask('Looking at the slow query');
    expect(await command(ALICE, 'approvals --status pending')).toContain(id);
    expect(await command(BOB, 'audit production/* --since 1h')).toContain('approval_requested');
    expect(await command(ALICE, 'whoami')).toContain('alice@example.com (member)');
    expect(await command(ALICE, 'metrics')).toContain('Requests: 1 · 1 pending');
    expect(await command(ALICE, 'aduit')).toContain('Did you mean /vsecure audit?');
    expect(await command(ALICE, '')).toContain('/vsecure revoke: ');
  });

  test('the Home shows a pending request, opens its form, and shows a decision on the command line within seconds', async () => {
    const { slack, agent, server, services } = workspace;
    const id = await agent.ask('The checkout service cannot connect');
    await slack.openHome(ALICE);
    const waiting = await home(ALICE, 'Pending for you', id);
    expect(buttonValues(waiting, 'approve')).toContain(id);

    slack.clickHome(ALICE, 'deny');
    const form = await until('a form', () => slack.views().at(-1));
    expect(form['callback_id']).toBe('deny_form');
    slack.closeView(ALICE);

    const { token } = await services.human('alice@example.com');
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token };
    const begun = performance.now();
    const ran = await vsecure(['mcp:approve', id, '--reason', 'by CLI'], { env });
    expect(ran.exit).toBe(0);
    const after = await home(ALICE, 'You approved', 'Access in force: 1 grant');
    expect(performance.now() - begun).toBeLessThan(15_000);

    slack.clickHome(ALICE, 'revoke');
    const revoke = await until('the form', () =>
      slack.views().find(({ callback_id }) => callback_id === 'revoke_form'),
    );
    expect(wordsOf(revoke)).toContain('DATABASE_URL');
    slack.submitView(ALICE, { reason: { text: typed('The incident is over') } });
    await home(ALICE, 'No active access that you can revoke.');
    expect(buttonValues(after, 'revoke')).toMatch(/^grnt_/);
  });

  test('a command revokes access', async () => {
    const { agent, services, server } = workspace;
    const id = await agent.ask('Once more, please');
    const { token } = await services.key('alice-desk', 'human', 'alice@example.com');
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token };
    expect((await vsecure(['mcp:approve', id, '--yes'], { env })).exit).toBe(0);
    expect(await command(BOB, `revoke ${id} that was not me`)).toContain('Revoked grnt_');
  });
});
