/** Deciding from a terminal: the command shows the request, asks for confirmation, and decides exactly what it showed. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import { type Serving, startServing } from '../http/serving.js';
import { DATABASE_URL, REASON, unwrap } from '../support/services.js';
import { run } from './terminal.js';

let serving: Serving;
let alice: { url: string; token: string };
let agent: Caller;
let count = 0;

beforeAll(async () => {
  serving = await startServing();
  const { token } = await serving.services.human('alice@example.com');
  alice = { url: serving.server.url, token };
});
afterAll(() => serving.close());

beforeEach(async () => {
  count += 1;
  await serving.services.policy({ name: 'Production', requireDecisionReason: false });
  agent = (await serving.services.agent(`agent-${count}`)).caller;
});

const statusOf = async (id: `appr_${string}`) =>
  unwrap(await serving.services.useCases.viewApprovals.one(agent, id)).approval.status;

const yes = () => 'y';

test('mcp:approve shows verified facts first, then what the requester wrote, then asks for confirmation', async () => {
  const { id } = await serving.services.ask(agent, { claimedClient: 'Claude Desktop 1.0' });
  const ran = await run({ ...alice, answer: yes }, 'mcp:approve', id, '--duration', '30m');
  expect(ran).toMatchObject({ exit: 0, asked: ['Approve this? [y/N] '] });
  expect(ran.out).toBe(`Approved ${id} for 30m.`);
  const [verified = '', claims = ''] = ran.err.split('Not verified');
  for (const fact of [
    id,
    'read',
    DATABASE_URL,
    '1h',
    `agent-${count}`,
    'bob@example.com',
    'alice@example.com',
    '0 of 1',
    'will see the value',
  ])
    expect(verified).toContain(fact);
  expect(verified).not.toContain('Claude Desktop');
  expect(claims).toContain('Claude Desktop 1.0');
  expect(claims).toContain(REASON);
  expect(await statusOf(id)).toBe('approved');
});

test('--resource approves only some of the requested resources and cannot add others', async () => {
  const resources = ['A', 'B', 'C'].map((name) => `vsecure://secrets/production/${name}`);
  const { id } = await serving.services.ask(agent, { resources });
  const only = ['--resource', 'production/A', '--resource', `${resources[2]}`];
  const ran = await run({ ...alice, answer: yes }, 'mcp:approve', id, ...only);
  expect(ran.err).toContain(`Grant only: ${resources[0]}, ${resources[2]}`);
  expect(ran.out).toBe(`Approved ${id} for 1h, only for ${resources[0]}, ${resources[2]}.`);
  const other = await serving.services.ask(agent, { resources: [`${resources[1]}`] });
  const wider = await run(alice, 'mcp:approve', other.id, '--resource', 'production/A', '--yes');
  expect(wider).toMatchObject({ exit: 1, out: '' });
  expect(await statusOf(other.id)).toBe('pending');
});

test('narrowing what is already approved says what is in force, and that nothing changed', async () => {
  const resources = ['A', 'B'].map((name) => `vsecure://secrets/production/${name}`);
  const { id } = await serving.services.ask(agent, { resources });
  const approve = (...argv: string[]) => run(alice, 'mcp:approve', id, '--yes', ...argv);
  expect((await approve('--duration', '30m')).out).toBe(`Approved ${id} for 30m.`);
  for (const narrower of [
    ['--duration', '15m'],
    ['--resource', 'production/A'],
  ])
    expect(await approve(...narrower)).toMatchObject({
      exit: 1,
      out: '',
      err: expect.stringContaining(`${id} is already approved for 30m; nothing changed.`),
    });
  // The same decision again, as after a lost answer, is no failure.
  expect((await approve('--duration', '30m')).out).toBe(`Approved ${id} for 30m.`);
});

test('any answer other than yes decides nothing', async () => {
  const { id } = await serving.services.ask(agent);
  for (const answer of ['', 'n', 'yeah right', 'approve']) {
    const ran = await run({ ...alice, answer: () => answer }, 'mcp:approve', id);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain('Nothing was decided.');
  }
  expect(await statusOf(id)).toBe('pending');
});

test('a policy change between the question and the answer invalidates the decision', async () => {
  const { id } = await serving.services.ask(agent);
  const answer = async () => {
    await serving.services.policy({ minApprovals: 1, maxUses: count });
    return 'y';
  };
  const ran = await run({ ...alice, answer }, 'mcp:approve', id);
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain('The policy changed');
  expect(await statusOf(id)).toBe('pending');
  expect((await run({ ...alice, answer: yes }, 'mcp:approve', id)).exit).toBe(0);
});

test('no question is asked with --yes, or without a terminal when the command has a reason', async () => {
  const first = await serving.services.ask(agent);
  const ran = await run({ ...alice, answer: yes }, 'mcp:approve', first.id, '--yes');
  expect(ran).toMatchObject({ exit: 0, asked: [], err: '' });
  const second = await serving.services.ask(agent, { renew: true });
  const denied = await run(alice, 'mcp:deny', second.id, '--reason', 'use staging', '--json');
  expect(denied).toMatchObject({ exit: 0, asked: [] });
  expect(JSON.parse(denied.out)).toMatchObject({ status: 'denied', decisionReason: 'use staging' });
});

test('mcp:deny without a reason is wrong usage', async () => {
  const { id } = await serving.services.ask(agent);
  const ran = await run(alice, 'mcp:deny', id);
  expect(ran.exit).toBe(2);
  expect(ran.err).toContain('--reason');
  expect(await statusOf(id)).toBe('pending');
});

test('an approval that needs more votes shows how many it has', async () => {
  await serving.services.policy({
    minApprovals: 2,
    approvers: ['alice@example.com', 'jane@example.com'],
  });
  const { id } = await serving.services.ask(agent);
  const ran = await run(alice, 'mcp:approve', id, '--yes');
  expect(ran.out).toBe(`Approved ${id} (1 of 2). More approvals are needed.`);
  await serving.services.policy({ minApprovals: 1, approvers: ['alice@example.com'] });
});

test('a malformed request or grant id is refused with the command that lists the ids', async () => {
  for (const argv of [['mcp:approve'], ['mcp:deny', '--reason', 'no']]) {
    const ran = await run(alice, ...argv, 'appr_x');
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain(
      '"appr_x" is not a request id. To list requests: vsecure mcp:approvals',
    );
  }
  const revoked = await run(alice, 'mcp:revoke', 'grnt_x', '--reason', 'no');
  expect(revoked).toMatchObject({ exit: 1, out: '' });
  expect(revoked.err).toContain('"grnt_x" is not a grant id. To list grants: vsecure mcp:grants');
});

test('mcp:approve of a decided request asks no question and shows the status', async () => {
  const { id } = await serving.services.ask(agent);
  await run(alice, 'mcp:deny', id, '--reason', 'no');
  const ran = await run({ ...alice, answer: yes }, 'mcp:approve', id);
  expect(ran).toMatchObject({ exit: 1, asked: [] });
  expect(ran.err).toContain('already denied');
});

test('control characters in an agent’s reason are escaped and cannot forge lines', async () => {
  const reason = `${REASON}\nApprovers  mallory@example.com\u001b[1A\u001b[2K\u202e`;
  const { id } = await serving.services.ask(agent, { reason });
  const { err } = await run({ ...alice, answer: () => 'n' }, 'mcp:approve', id);
  const [verified = ''] = err.split('Not verified');
  expect(verified).not.toContain('mallory');
  expect(err).toContain('mallory@example.com\\u{1b}[1A\\u{1b}[2K\\u{202e}');
  expect(err.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('mcp:approvals shows pending requests first and says how many it does not show', async () => {
  const older = await serving.services.ask(agent);
  const newer = await serving.services.ask(agent, {
    resources: ['vsecure://secrets/production/N'],
  });
  await run(alice, 'mcp:deny', newer.id, '--reason', 'use staging');
  const all: { id: string; status: string }[] = JSON.parse(
    (await run(alice, 'mcp:approvals', '--json')).out,
  );
  const statuses = all.map(({ status }) => status === 'pending');
  expect(statuses).toEqual(statuses.toSorted((a, b) => Number(b) - Number(a)));
  expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([older.id, newer.id]));

  const cut = await run(alice, 'mcp:approvals', '--limit', '1');
  expect(cut.out).toContain('pending');
  const more = `${all.length - 1} more. To see them: vsecure mcp:approvals --limit ${all.length}`;
  expect(cut.err).toContain(more);
  expect((await run(alice, 'mcp:approvals', '--limit', '1', '--json')).err).toContain(more);
  expect((await run(alice, 'mcp:approvals')).err).not.toContain('more. To see them');
});

test('mcp:approvals lists pending requests with the command that decides each', async () => {
  const { id } = await serving.services.ask(agent);
  const listed = await run(alice, 'mcp:approvals', '--status', 'pending');
  expect(listed.out).toMatch(new RegExp(`^${id}  pending  read ${DATABASE_URL}  1h`, 'm'));
  expect(listed.err).toContain(`vsecure mcp:approve ${id}`);
  const json = await run(alice, 'mcp:approvals', '--json', '--limit', '1');
  expect(JSON.parse(json.out)).toHaveLength(1);
  expect((await run(alice, 'mcp:approvals', '--status', 'odd')).exit).toBe(2);
  expect((await run(alice, 'mcp:approvals', '--limit', '0')).exit).toBe(2);
});
