/** One request id finds the agent's call, the click in Slack and the read in the log, which contains ids and no text of people or agents. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { requestOrigin } from '../../src/main/request-id.js';
import { DATABASE_URL } from '../support/services.js';
import { asString } from '../support/slack/json.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { until } from '../support/until.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const SPOKEN = {
  value: 'canary-value-7f3a',
  reason: 'canary-reason-91bd for the outage',
  decision: 'canary-decision-22ce',
  query: 'canary-query-5e10',
};

/** Every field that a line of the log may have: docs/operations.md says what each is. */
const FIELDS = new Set(
  `level time msg request via approval principal method route status ms destination entryPoint outcome kind verdict
   url mcp slack team subject code channel todo error attempts retryAfterMs`.split(/\s+/),
);

let running: ServicesWithSlack;
let agent: Awaited<ReturnType<ServicesWithSlack['services']['agent']>>;
beforeAll(async () => {
  running = await servicesWithSlack({ users: ['alice', 'bob'] });
  await running.services.policy();
  await running.services.secret(SPOKEN.value);
  agent = await running.services.agent();
});
afterAll(() => running.close());

async function callTool(name: string, args: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${running.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${agent.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args },
    }),
  });
  return { text: await response.text(), id: response.headers.get('x-request-id') };
}

const rest = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${running.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${agent.token}`, ...headers },
  });

const lineOf = (msg: string, approval: string) =>
  until(`"${msg}" in the log`, () =>
    running.lines.find((line) => line.msg === msg && line['approval'] === approval),
  );

describe('an approval that an agent asked for over MCP and a person decided in Slack', () => {
  let approval: ApprovalId;
  beforeAll(async () => {
    const question = { resources: [DATABASE_URL], operation: 'read', reason: SPOKEN.reason };
    const asked = await callTool('request-access', question, { traceparent: TRACEPARENT });
    expect(asked.id).toBe(TRACE);
    const [id] = /appr_[0-9A-Za-z]{22}/.exec(asked.text) ?? [];
    approval = id as ApprovalId;
    const form = await running.hands.openForm('alice', approval, 'approve');
    await running.hands.submit('alice', form, { reason: SPOKEN.decision });
    await lineOf('decision', approval);
    const read = await callTool('read-secret', { resource: DATABASE_URL });
    expect(read.text).toContain(SPOKEN.value);
    await lineOf('a secret was read', approval);
  }, 30_000);

  test.each([
    ['access requested', { outcome: 'pending' }],
    ['delivered', { destination: 'slack_card' }],
    ['a button of a card was clicked', { verdict: 'approve' }],
    ['decision', { entryPoint: 'slack', outcome: 'approved' }],
    ['a secret was read', {}],
  ])('is found in the log by the id of the call: %s', async (msg, fields) => {
    expect(await lineOf(msg, approval)).toMatchObject({ request: TRACE, approval, ...fields });
  });

  test('has the same digest as one without an HTTP request', async () => {
    const remembered = await running.services.store.approvals.find(approval);
    expect(remembered).toMatchObject({ request: TRACE, traceparent: TRACEPARENT });
    const other = await running.services.ask(agent.caller, { renew: true });
    expect(other.request).toBeUndefined();
    expect(other.digest).toBe(remembered?.digest);
  });

  test('leaves log lines without values, reasons, keys or raw paths', async () => {
    await rest(`/approvals?after=${SPOKEN.query}`, { 'x-request-id': agent.token });
    await rest(`/nowhere/${SPOKEN.query}`, { traceparent: `00-${agent.token}` });
    await until('both lines', () =>
      running.lines.some(({ msg, route }) => msg === 'request' && route === 'none'),
    );
    const text = JSON.stringify(running.lines);
    const secrets = [...Object.values(SPOKEN), agent.token, running.services.adminToken];
    expect(text).toContain(approval);
    expect(found(text, secrets)).toEqual([]);
    // The search finds what is there.
    expect(found(`${text}${JSON.stringify(SPOKEN)}`, secrets)).toHaveLength(4);
  });

  test('leaves log lines with documented fields only', () => {
    const strange = running.lines.flatMap((line) => Object.keys(line)).filter(isStrange);
    expect([...new Set(strange)]).toEqual([]);
    expect(isStrange('reason')).toBe(true);
  });
});

const isStrange = (field: string) => !FIELDS.has(field);
const found = (text: string, words: readonly string[]) =>
  words.filter((word) => text.includes(word));

test('each HTTP request is logged in one line with method, route template, status, duration and principal', async () => {
  const id = 'c0ffee00-1111-4222-8333-444455556666';
  const answer = await rest('/whoami', { 'x-request-id': id });
  expect(answer.headers.get('x-request-id')).toBe(id);
  const lines = () => running.lines.filter(({ request }) => request === id);
  await until('its line', () => lines().length > 0);
  expect(lines()).toEqual([
    {
      ...{ level: 30, time: expect.any(Number), msg: 'request', request: id, method: 'GET' },
      ...{ route: '/api/v1/whoami', status: 200, ms: expect.any(Number) },
      principal: agent.caller.principal.id,
    },
  ]);
});

describe('the id of a request', () => {
  const originOf = (headers: Record<string, string>) => requestOrigin((name) => headers[name]);

  test('is the client’s own, else the trace id, else a new one', () => {
    const own = 'a'.repeat(32);
    expect(originOf({ 'x-request-id': own, traceparent: TRACEPARENT })).toEqual({
      request: own,
      traceparent: TRACEPARENT,
    });
    expect(originOf({ traceparent: TRACEPARENT }).request).toBe(TRACE);
    expect(asString(originOf({}).request)).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    'vsk_live_1234567890abcdefghij',
    'a sentence',
    `${'a'.repeat(31)}\n`,
    'A'.repeat(32),
    'a'.repeat(33),
    '',
  ])('is never taken from the header %j', (text) => {
    expect(originOf({ 'x-request-id': text }).request).not.toBe(text);
    expect(originOf({ traceparent: text }).traceparent).toBeUndefined();
  });

  test.each([
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `${TRACEPARENT}-more`,
  ])('is not taken from the invalid traceparent %s', (traceparent) => {
    expect(originOf({ traceparent })).toEqual({
      request: expect.not.stringContaining(TRACE),
      traceparent: undefined,
    });
  });
});
