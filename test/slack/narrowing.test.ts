/** An approver grants some of the requested resources: exactly those whose checkboxes stay ticked. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { refusalOf, unwrap } from '../support/services.js';
import { ticked, typed } from '../support/slack/view-values.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;
let asked: Approval;
let round = 0;

const NAMES = ['A', 'B', 'C'].map((name) => `vsecure://secrets/production/${name}`);
const [A, B = '', C] = NAMES;
const WHY = { reason: { text: typed('Known incident') } };
const boxes = (...places: string[]) => ({ ...WHY, resources: { boxes: ticked(...places) } });

beforeAll(async () => {
  scene = await openScene();
  for (const name of NAMES) await scene.services.secret('s3cret', name);
  await scene.slack.start();
});
afterAll(() => scene.close());
beforeEach(async () => {
  round += 1;
  await scene.services.policy({ minApprovals: 1, approvers: ['alice@example.com'] });
  agent = await scene.services.agent(`agent-${round}`);
  asked = await scene.services.ask(agent.caller, { resources: NAMES });
});

const submit = async (user: string, values: ReturnType<typeof boxes> | typeof WHY) =>
  (await scene.submit(user, await scene.openForm(user, asked.id, 'approve'), values)).body;
const now = () => scene.services.store.approvals.find(asked.id);
const read = (resource: string) => scene.services.useCases.readSecret(agent.caller, { resource });

test('only ticked resources are granted, and the card says how many', async () => {
  expect(await submit('alice', boxes('1'))).toBe('');
  expect(await now()).toMatchObject({ status: 'approved', grantedResources: [B] });
  expect((await read(B)).ok).toBe(true);
  for (const other of [A, C]) expect(refusalOf(await read(other ?? ''))).toBe('approval_required');
  const card = JSON.stringify(await scene.card(asked.id, (text) => text.includes('Approved')));
  expect(card).toContain('*Less than asked:* 1 of 3');
  expect(card).toContain('`production/A` *not granted*');
  expect(card).not.toContain('/B` *not granted*');
});

test('all resources are granted when all stay ticked, and when the form had no checkboxes', async () => {
  expect(await submit('alice', boxes('0', '1', '2'))).toBe('');
  expect(await now()).toMatchObject({ grantedResources: NAMES });
  asked = await scene.services.ask(agent.caller, { resources: NAMES, renew: true });
  expect(await submit('alice', WHY)).toBe('');
  expect(await now()).toMatchObject({ grantedResources: NAMES });
});

test('a form without a ticked resource is refused', async () => {
  expect(await submit('alice', boxes())).toMatchObject({
    response_action: 'errors',
    errors: { resources: expect.stringContaining('at least one') },
  });
  expect(await now()).toMatchObject({ status: 'pending' });
});

test.each(['3', '19', '-1', '1e1', 'x', ''])(
  'a forged checkbox value "%s" grants nothing',
  async (forged) => {
    expect(await submit('alice', boxes('0', forged))).toMatchObject({
      response_action: 'errors',
      errors: { resources: expect.stringContaining('requested resources') },
    });
    expect(await now()).toMatchObject({ status: 'pending' });
  },
);

test('the second approver gets an error at the checkboxes when they share no resource with the first', async () => {
  await scene.services.policy({
    minApprovals: 2,
    approvers: ['alice@example.com', 'carol@example.com'],
  });
  agent = await scene.services.agent(`agent-${round}-two`);
  asked = await scene.services.ask(agent.caller, { resources: NAMES });
  expect(await submit('alice', boxes('0', '1'))).toBe('');
  expect(await submit('carol', boxes('2'))).toMatchObject({
    errors: { resources: expect.stringContaining('Choose at least one of theirs') },
  });
  expect(await submit('carol', boxes('1', '2'))).toBe('');
  expect(await now()).toMatchObject({ status: 'approved', grantedResources: [B] });
  expect(scene.lint()).toEqual([]);
});

test('more than ten checkboxes are split into two blocks, of which one may be empty', async () => {
  const many = Array.from({ length: 12 }, (_, at) => `vsecure://secrets/production/M${10 + at}`);
  asked = await scene.services.ask(agent.caller, { resources: many });
  const values = { ...boxes(), more_resources: { boxes: ticked('11') } };
  expect(await submit('alice', values)).toBe('');
  expect(await now()).toMatchObject({ grantedResources: ['vsecure://secrets/production/M21'] });
  expect(
    unwrap(await scene.services.useCases.viewApprovals.one(agent.caller, asked.id)).grant,
  ).toMatchObject({ resources: ['vsecure://secrets/production/M21'] });
});
