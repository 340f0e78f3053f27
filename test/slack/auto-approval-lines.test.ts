/** Auto-approved requests are announced quietly: several in one message, at most once a minute, and each one once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOutboxWorker, type OutboxWorker } from '../../src/notify/outbox-worker.js';
import { autoApprovedLines, LINES_MAX } from '../../src/slack/cards/auto-approved-lines.js';
import { sqlOn } from '../../src/store/sql.js';
import { unwrap } from '../support/services.js';
import { lintMessage } from '../support/slack/blocks-lint.js';
import { asArray, asObject, asString } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { autoApproved } from './facts.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';
import { parsed, shown } from './surfaces.js';

describe('the message about auto-approved requests', () => {
  test('says for each one which key may do what, where and for how long, without mentions or decision buttons', () => {
    const { text, blocks } = autoApprovedLines({ approvals: autoApproved(1, 3), count: 2 });
    expect(text).toBe('A policy auto-approved 2 requests.');
    expect(shown(blocks)).toEqual([
      '*Auto-approved by a policy*: nothing to decide',
      expect.stringMatching(
        /^`claude-desktop` may read `production\/A` for 1 hour. Ends <!date\^\d+\^.*\|2026-11-22 15:05 UTC>: `within Mon-Fri 09:00-17:00 America\/Los_Angeles`$/,
      ),
      'Details…',
      expect.stringContaining('`claude-desktop` may read `production/A` and 2 more for 1 hour'),
      'Details…',
    ]);
    expect(parsed(blocks).join()).not.toMatch(/<@|<!subteam|<!here|<!channel/);
    expect(JSON.stringify(blocks)).not.toMatch(/"(approve|deny|revoke)"/);
    expect(lintMessage(blocks)).toEqual([]);
  });

  test('names only the key and the operation in the notification about a single request', () => {
    const { text } = autoApprovedLines({ approvals: autoApproved(1), count: 1 });
    expect(text).toBe('A policy auto-approved a request: claude-desktop may read.');
  });

  test('lists as many requests with the longest names as Slack accepts, and counts the rest', () => {
    const longest = autoApproved(...Array.from({ length: LINES_MAX }, () => 1)).map((one) => ({
      ...one,
      requester: { ...one.requester, name: 'n'.repeat(128) },
      resources: [`vsecure://secrets/${'a'.repeat(494)}`],
      autoReport: `auto-approved: ${'"'.repeat(1900)}`,
    }));
    const { text, blocks } = autoApprovedLines({ approvals: longest, count: 4321 });
    expect(lintMessage(blocks)).toEqual([]);
    expect(text).toBe('A policy auto-approved 4321 requests.');
    expect(shown(blocks).at(-1)).toBe(`and ${4321 - LINES_MAX} more: \`vsecure mcp:approvals\``);
  });
});

describe('a channel with auto-approved requests', () => {
  let scene: Scene;
  let relay: OutboxWorker;
  let agent: Awaited<ReturnType<Scene['services']['agent']>>['caller'];

  const opened = async (options: SceneOptions = {}) => {
    scene = await openScene(options);
    const auto = { requiresApproval: true, autoApprove: { enabled: true, conditions: {} } };
    await scene.services.policy(auto);
    agent = (await scene.services.agent()).caller;
    await scene.slack.start();
    relay = createOutboxWorker({
      outbox: scene.services.slackOutbox,
      destination: 'slack_auto',
      deliver: scene.slack.posters.slack_auto.deliver,
      logger: { warn: () => {} },
      intervalMs: 20,
      limit: 1,
    });
  };
  beforeEach(() => opened());
  afterEach(async () => {
    await relay.stop();
    await scene.close();
  });

  const ask = (name: string) =>
    scene.services.ask(agent, { resources: [`vsecure://secrets/production/${name}`] });
  const sql = <Row>(text: string) => sqlOn(scene.services.database.dataSource)<Row>(text);
  const messages = () => scene.emulate.messages();
  const posted = (words: string) =>
    until(`the words "${words}"`, async () =>
      (await messages()).find((message) => JSON.stringify(message).includes(words)),
    );
  const nothingDue = () =>
    until('an empty outbox', async () => {
      const due = `select 1 from delivery where destination = 'slack_auto' and sent < wanted
        and not_before <= clock_timestamp()`;
      return (await sql(due)).length === 0;
    });

  test('gets several in one message, and one more message for those of the following minute', async () => {
    for (const name of ['A', 'B', 'C']) await ask(name);
    relay.start();
    expect(asArray((await posted('production/C'))['blocks'])).toHaveLength(4);
    await ask('D');
    await ask('E');
    await nothingDue();
    expect(await messages()).toHaveLength(1);
    const [row] = await sql<{ wait: number }>(
      `select extract(epoch from not_before - clock_timestamp())::float8 as wait from delivery
       where destination = 'slack_auto' and sent < wanted`,
    );
    expect(row?.wait).toBeGreaterThan(30);
    expect(row?.wait).toBeLessThanOrEqual(60);

    await sql(
      `update delivery set not_before = clock_timestamp() where destination = 'slack_auto'`,
    );
    const second = JSON.stringify(await posted('production/E'));
    expect(second).toContain('production/D');
    expect(second).not.toContain('production/C');
    expect(await messages()).toHaveLength(2);
  });

  test('gets no line for a policy that requires no approval, nor for requests that people decide', async () => {
    const free = 'vsecure://secrets/free/*';
    await scene.services.policy({ requiresApproval: false, requireReason: false }, free);
    await scene.services.ask(agent, { resources: ['vsecure://secrets/free/A'] });
    await scene.services.policy({ autoApprove: { enabled: false, conditions: {} } });
    const asked = await ask('PERSON');
    const alice = await scene.services.decider('alice@example.com');
    unwrap(await scene.services.useCases.decide(alice, { approval: asked.id, verdict: 'approve' }));
    expect(await sql(`select 1 from delivery where destination = 'slack_auto'`)).toEqual([]);
  });

  test('is the channel that the policy names', async () => {
    const elsewhere = { channel: 'C0ELSEWHERE', autoApprove: { enabled: true, conditions: {} } };
    await scene.services.policy(elsewhere, 'vsecure://secrets/elsewhere/*');
    await scene.services.ask(agent, { resources: ['vsecure://secrets/elsewhere/A'] });
    relay.start();
    const post = await until('a post', () => scene.proxy.callsOf('chat.postMessage')[0]);
    expect(post.body['channel']).toBe('C0ELSEWHERE');
  });

  test('gets no line about a request that is a day old', async () => {
    const old = await ask('OLD');
    await sql(
      `update approval set created_at = created_at - interval '25 hours' where id = '${old.id}'`,
    );
    relay.start();
    await nothingDue();
    expect(await messages()).toEqual([]);
  });

  test('gets the line again when the first message failed', async () => {
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'status', status: 503 });
    await ask('A');
    relay.start();
    await posted('production/A');
    expect(await messages()).toHaveLength(1);
  });

  test('can open a line’s details and revoke the access there', async () => {
    const { id } = await ask('A');
    relay.start();
    const message = await posted('production/A');
    await until('its place', () =>
      scene.services.cards.shows(scene.emulate.channelId, asString(message['ts']), id),
    );
    const [, line] = asArray(message['blocks']);
    await scene.driver.click({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      messageId: asString(message['ts']),
      actionId: 'details',
      value: asString(asObject(asObject(line)['accessory'])['value']),
    });
    const opened = await until('the details', () => scene.proxy.callsOf('views.open')[0]);
    const words = JSON.stringify(opened.body['view']);
    expect(words).toContain('Auto-approved: read production/');
    const grant = await scene.services.store.grants.ofApproval(id);
    expect(words).toContain(`"action_id":"revoke"`);
    expect(words).toContain(`"value":"${grant?.id}"`);
  });

  test('gets no line when the setting is off', async () => {
    await scene.close();
    await relay.stop();
    await opened({ autoApproved: 'off' });
    await ask('A');
    relay.start();
    await until('a delivery', async () => {
      const sent = `select 1 from delivery where destination = 'slack_auto' and sent = wanted`;
      return (await sql(sent)).length === 1;
    });
    expect(await messages()).toEqual([]);
  });
});
