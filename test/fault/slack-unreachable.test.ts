/** Slack does not answer, is slow or limits the rate: agents do not notice, people decide elsewhere, and the cards come when Slack answers again. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { run } from '../cli/terminal.js';
import { brokenInvariants } from '../support/invariants.js';
import { PRODUCTION, REASON } from '../support/services.js';
import type { Fault } from '../support/slack/faults.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { until } from '../support/until.js';

const USERS = ['alice'];
/** Longer than an immediate answer takes (ms), shorter than Slack does not answer. */
const AT_ONCE = 2_000;

type Id = `appr_${string}`;

interface Prepared {
  readonly scene: ServicesWithSlack;
  /** Of the tool that asks. */
  readonly agent: VSecureClient;
  /** Alice's key. */
  readonly token: string;
}

async function prepare(options: Parameters<typeof servicesWithSlack>[0]): Promise<Prepared> {
  const scene = await servicesWithSlack(options);
  await scene.services.policy({}, PRODUCTION);
  const agent = new VSecureClient({ url: scene.url, apiKey: (await scene.services.agent()).token });
  const { token } = await scene.services.human('alice@example.com');
  return { scene, agent, token };
}

/** Over REST, as a program asks that does not wait for the decision. */
async function ask({ agent }: Prepared, name: string): Promise<Id> {
  const began = performance.now();
  const asked = await agent.mcp.requestApproval({
    resource: `vsecure://secrets/production/${name}`,
    operation: 'read',
    reason: REASON,
    waitFor: 0,
  });
  expect(performance.now() - began).toBeLessThan(AT_ONCE);
  expect(asked.status).toBe('pending');
  return asked.id;
}

const approve = ({ scene, token }: Prepared, id: Id) =>
  run({ url: scene.url, token }, 'mcp:approve', id, '--yes');

/** The posts that showed this request, whether or not they arrived. */
const postsOf = ({ scene }: Prepared, id: Id) =>
  scene.workspace.proxy
    .callsOf('chat.postMessage')
    .filter(({ body }) => JSON.stringify(body).includes(id));

/** What stands in the channel about this request, oldest first. */
const cardsOf = async ({ scene }: Prepared, id: Id) =>
  (await scene.workspace.emulate.messages()).filter((one) => JSON.stringify(one).includes(id));

describe('a request that is made while Slack', () => {
  let it: Prepared;
  beforeAll(async () => {
    it = await prepare({ users: USERS });
  });
  afterEach(() => it.scene.workspace.proxy.clearFaults());
  afterAll(() => it.scene.close());

  const TROUBLES = [
    ['refuses connections', { fault: 'drop-before' }],
    ['hangs', { fault: 'hang' }],
    ['answers 429', { fault: 'rate-limited', retryAfterSeconds: 2 }],
    ['answers 503', { fault: 'status', status: 503 }],
  ] as const;

  test.each(TROUBLES)(
    '%s exists, can be decided by CLI, and has its card when Slack is back',
    async (_, trouble) => {
      const { services, workspace, hands } = it.scene;
      const { proxy } = workspace;
      proxy.inject({ method: /./, times: Number.POSITIVE_INFINITY, ...trouble });
      const decided = await ask(it, `DECIDED_${proxy.calls.length}`);
      const open = await ask(it, `OPEN_${proxy.calls.length}`);
      await until('both to be tried', () =>
        [decided, open].every((id) => postsOf(it, id).length > 0),
      );
      expect(await approve(it, decided)).toMatchObject({ exit: 0 });
      expect((await services.store.grants.ofApproval(decided))?.status).toBe('active');

      proxy.clearFaults();
      await hands.card(open);
      const form = await hands.openForm('alice', open, 'deny');
      expect((await hands.submit('alice', form, { reason: 'not now' })).body).toBe('');
      await hands.card(open, 'Denied');
      await settled(it);
      expect(await cardsOf(it, open)).toHaveLength(1);
      for (const card of await cardsOf(it, decided))
        expect(JSON.stringify(card)).toContain('Approved');
      expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
    },
    60_000,
  );

  test('accepts its post and loses the answer has at most one extra card, and the newest shows the decision', async () => {
    const { workspace, hands } = it.scene;
    workspace.proxy.inject({ method: 'chat.postMessage', fault: 'drop-after' });
    const id = await ask(it, 'LOST_ANSWER');
    await hands.card(id);
    await approve(it, id);
    const newest = await hands.card(id, 'Approved');
    await settled(it);
    const cards = await cardsOf(it, id);
    expect(cards.length).toBeLessThanOrEqual(2);
    expect(cards.at(-1)).toMatchObject({ ts: newest['ts'] });
  });
});

/** Resolves when no delivery is due any more. */
const settled = ({ scene }: Prepared) =>
  until('an empty outbox', async () => {
    const due = await scene.services.database.dataSource.query(
      'select from delivery where sent < wanted',
    );
    return due.length === 0;
  });

describe('a server that starts while Slack', () => {
  const TROUBLES = [
    ['is away', { fault: 'drop-before' }],
    ['hangs', { fault: 'hang' }],
    ['does not know its token', { fault: 'error', error: 'invalid_auth' }],
  ] as const;

  test.each(TROUBLES)(
    '%s is ready but for Slack, says how to approve, and connects by itself',
    async (_, trouble) => {
      const before: Fault = { method: 'auth.test', times: Number.POSITIVE_INFINITY, ...trouble };
      const it = await prepare({ users: USERS, before: ({ proxy }) => proxy.inject(before) });
      const { scene } = it;
      try {
        expect(await scene.ready()).toEqual({
          status: 200,
          body: { status: 'ok', database: 'ok', slack: 'degraded' },
        });
        const id = await ask(it, 'WHILE_AWAY');
        const line = await until('a line in the log', () =>
          scene.lines.find((line) => line['approval'] === id && 'approve' in line),
        );
        const [program, ...command] = String(line['approve']).split(' ');
        expect(program).toBe('vsecure');
        // On a terminal the command asks before it approves.
        const ran = await run({ url: scene.url, token: it.token }, ...command, '--yes');
        expect(ran).toMatchObject({ exit: 0 });
        const open = await ask(it, 'STILL_OPEN');
        expect(scene.workspace.proxy.callsOf('chat.postMessage')).toEqual([]);

        scene.workspace.proxy.clearFaults();
        await scene.hands.card(open, 'Approve');
        expect((await scene.ready()).body).toMatchObject({ slack: 'ok' });
      } finally {
        await scene.close();
      }
    },
  );
});
