/** The server is killed between a commit and the delivery to Slack. After a restart the cards show the current state. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { SECOND } from '../../src/domain/limits.js';
import { type DurableServices, durableServices } from '../support/durable-services.js';
import { brokenInvariants } from '../support/invariants.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import type { Fault } from '../support/slack/faults.js';
import { createHands, type Hands } from '../support/slack/slack-actions.js';
import { openWorkspace, type Workspace } from '../support/slack/workspace.js';
import { until } from '../support/until.js';

/** By how much a card may be late when the server is up again (ms): the dead server's lease, and a look every 2 s. */
const LATE_AT_MOST = 18 * SECOND;
const PREPARING = 90 * SECOND;

/** What the server is doing for each request, by the name of its resource, when it is killed. */
const DYING = {
  /** Its decision is committed, and the update of its card has not reached Slack. */
  DECIDED: { method: 'chat.update', fault: 'hang' },
  /** It is taken up, and its card has not reached Slack. */
  ASKED: { method: 'chat.postMessage', fault: 'hang' },
  /** Slack has its card, and we do not know it. */
  POSTED: { method: 'chat.postMessage', fault: 'hang-after' },
} as const satisfies Record<string, Fault>;
type Name = keyof typeof DYING;

describe('a server that was killed', () => {
  let services: DurableServices;
  let workspace: Workspace;
  let server: RunningServer;
  let hands: Hands;
  let approvals: Record<Name, Approval>;
  let up: number;

  beforeAll(async () => {
    services = await durableServices();
    workspace = await openWorkspace(['alice']);
    server = await startVsecure({
      database: { url: services.server.url },
      masterKey: services.masterKeyText,
      env: workspace.env,
    });
    hands = createHands({ workspace, url: server.url, cards: services.cards });
    await services.policy();
    await killWhileAllHang();
    await server.restart();
    up = performance.now();
  }, PREPARING);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await workspace.close();
    await services.close();
  });

  async function killWhileAllHang(): Promise<void> {
    const { caller } = await services.agent();
    const ask = (name: Name) =>
      services.ask(caller, { resources: [`vsecure://secrets/production/${name}`] });
    const decided = await ask('DECIDED');
    const form = await hands.openForm('alice', decided.id, 'approve');
    for (const [name, fault] of Object.entries(DYING))
      workspace.proxy.inject({ ...fault, when: (body) => JSON.stringify(body).includes(name) });

    expect((await hands.submit('alice', form, { reason: 'known incident' })).body).toBe('');
    approvals = { DECIDED: decided, ASKED: await ask('ASKED'), POSTED: await ask('POSTED') };
    await until('all of them to hang', () => Object.keys(DYING).every(hangs));
    await until('Slack to have one of them', async () => (await cardsOf('POSTED')).length === 1);
    await server.kill9();
    expect([await cardsOf('DECIDED'), await cardsOf('ASKED')]).toMatchObject([{ length: 1 }, []]);
    workspace.proxy.clearFaults();
  }

  const hangs = (name: string) =>
    workspace.proxy.calls.some(
      ({ fault, body }) => fault?.startsWith('hang') && JSON.stringify(body).includes(name),
    );

  /** What stands in the channel about this request, oldest first. */
  const cardsOf = async (name: Name) =>
    (await workspace.emulate.messages()).filter((one) => JSON.stringify(one).includes(name));

  /** Resolves when the card shows `words`. Fails when that is too late. */
  async function showsInTime(name: Name, words: string) {
    const card = await hands.card(approvals[name].id, words);
    expect(performance.now() - up).toBeLessThan(LATE_AT_MOST);
    return card;
  }

  async function deny(name: Name) {
    const { id } = approvals[name];
    const form = await hands.openForm('alice', id, 'deny');
    expect((await hands.submit('alice', form, { reason: 'not now' })).body).toBe('');
    return hands.card(id, 'Denied');
  }

  test('between a decision’s commit and the update of the card shows the decision on it', async () => {
    const { id } = approvals.DECIDED;
    expect(await services.store.grants.ofApproval(id)).toMatchObject({ status: 'active' });
    expect(JSON.stringify(await showsInTime('DECIDED', 'Approved'))).toContain('known incident');
    expect(await cardsOf('DECIDED')).toHaveLength(1);
  });

  test('between leasing a request and posting its card posts one card, which decides the request', async () => {
    await showsInTime('ASKED', 'Approve');
    await deny('ASKED');
    expect(await cardsOf('ASKED')).toHaveLength(1);
  });

  test('after Slack accepted a card but before the answer arrived has at most one extra card, and the newest shows the decision', async () => {
    const [older] = await cardsOf('POSTED');
    const card = await showsInTime('POSTED', 'Approve');
    expect(card['ts']).not.toBe(older?.['ts']);
    const newest = await deny('POSTED');
    expect(await cardsOf('POSTED')).toMatchObject([{ ts: older?.['ts'] }, { ts: newest['ts'] }]);
  });

  test('has lost nothing and repeated nothing', async () => {
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});
