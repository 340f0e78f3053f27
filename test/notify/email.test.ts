/** What mail servers and readers receive. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Notification } from '../../src/domain/notification.js';
import { createMailer, type Mailer } from '../../src/notify/email.js';
import { hostileText } from '../slack/hostile.js';

const APPROVAL = 'appr_0123456789012345678901';
const NOTIFICATION: Notification = {
  id: `evt_${'0a'.repeat(16)}`,
  type: 'approval_requested',
  timestamp: '2026-11-29T09:00:00.000000Z',
  sequence: 17,
  event: 'approval_requested',
  actor: { kind: 'key', name: 'claude-desktop' },
  approval: APPROVAL,
  key: 'claude-desktop',
  resources: ['vsecure://secrets/production/DATABASE_URL'],
  operation: 'read',
  link: 'https://acme.slack.com/archives/C1/p1',
};

let server: SMTPServer;
let mailer: Mailer;
let mails: { readonly to: readonly string[]; readonly raw: string }[];
let refuse: number | undefined;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse) return done(Object.assign(new Error('no'), { responseCode: refuse }));
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, raw: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  mailer = createMailer({
    url: `smtp://127.0.0.1:${port}`,
    from: 'vsecure <vsecure@example.com>',
    timeoutMs: 2000,
  });
});
afterAll(() => {
  mailer.close();
  server.close();
});
beforeEach(() => {
  mails = [];
  refuse = undefined;
});

async function mailed(change: Partial<Notification> = {}) {
  const send = mailer.sender({ recipients: ['oncall@example.com', 'ana@example.com'] });
  const result = await send({ ...NOTIFICATION, ...change }, new AbortController().signal);
  const { raw = '', to = [] } = mails.at(-1) ?? {};
  const end = raw.indexOf('\r\n\r\n');
  return { result, to, head: unfolded(raw.slice(0, end)), text: decoded(raw.slice(end + 4), raw) };
}

const unfolded = (head: string) => head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');

function decoded(body: string, raw: string): string {
  if (/^content-transfer-encoding: base64/im.test(raw))
    return Buffer.from(body, 'base64').toString();
  if (!/^content-transfer-encoding: quoted-printable/im.test(raw)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const named = (head: readonly string[], name: string) =>
  head.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

test('a mail is plain text to all recipients, with the facts and a link that opens the card', async () => {
  const { result, to, head, text } = await mailed({ reason: 'Debugging the login' });
  expect(result).toEqual({ outcome: 'sent' });
  expect(to).toEqual(['oncall@example.com', 'ana@example.com']);
  expect(named(head, 'content-type')).toEqual([expect.stringContaining('text/plain')]);
  expect(named(head, 'from')).toEqual(['From: vsecure <vsecure@example.com>']);
  expect(text).toContain('Resource: vsecure://secrets/production/DATABASE_URL');
  expect(text).toContain('│ Debugging the login');
  expect(text).toContain('https://acme.slack.com/archives/C1/p1');
});

test('all mails about a request are one thread, and a mail that is sent twice is the same mail', async () => {
  const first = await mailed();
  const again = await mailed();
  const decided = await mailed({
    id: `evt_${'0b'.repeat(16)}`,
    type: 'approval_decided',
    outcome: 'denied',
  });
  const thread = `<${APPROVAL}@example.com>`;
  for (const { head } of [first, again, decided]) {
    expect(named(head, 'references')).toEqual([`References: ${thread}`]);
    expect(named(head, 'in-reply-to')).toEqual([`In-Reply-To: ${thread}`]);
    expect(named(head, 'subject')).toEqual([`Subject: vsecure: request ${APPROVAL}`]);
  }
  expect(named(again.head, 'message-id')).toEqual(named(first.head, 'message-id'));
  expect(named(decided.head, 'message-id')).not.toEqual(named(first.head, 'message-id'));
});

test('no text of a person or an agent changes a header or a fact', async () => {
  const names = (head: readonly string[]) => head.map((line) => line.split(':')[0]);
  const plain = await mailed({ reason: 'x' });
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, async (reason, name) => {
      const hostile = `x\r\nBcc: eve@example.com\r\n\r\n${name}`;
      const { head, text } = await mailed({
        actor: { kind: 'key', name: hostile },
        resources: [hostile],
        reason: `a\r\nBcc: eve@example.com\r\n\r\n${reason}`,
      });
      expect(names(head).filter((name) => name !== 'Content-Transfer-Encoding')).toEqual(
        names(plain.head).filter((name) => name !== 'Content-Transfer-Encoding'),
      );
      expect(mails.at(-1)?.to).toEqual(['oncall@example.com', 'ana@example.com']);
      expect(text.split(/\r?\n/)).toContain('│ Bcc: eve@example.com');
    }),
    { numRuns: 60 },
  );
});

describe('a mail server that', () => {
  test.each([
    [421, 'unavailable'],
    [450, 'retry'],
    [550, 'retry'],
  ])('answers %i', async (code, outcome) => {
    refuse = code;
    expect((await mailed()).result).toEqual({ outcome, error: `smtp_${code}` });
  });

  test('answers byte by byte without end is unavailable after the timeout', async () => {
    const sockets = new Set<Socket>();
    const dribbling = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      const drip = setInterval(() => socket.write('220-wait\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    dribbling.listen(0, '127.0.0.1');
    await once(dribbling, 'listening');
    const url = `smtp://127.0.0.1:${(dribbling.address() as AddressInfo).port}`;
    const slow = createMailer({ url, from: 'a@example.com', timeoutMs: 200 });
    const send = slow.sender({ recipients: ['a@example.com'] });
    const result = await send(NOTIFICATION, new AbortController().signal);
    expect(result.outcome).toBe('unavailable');
    slow.close();
    for (const socket of sockets) socket.destroy();
    dribbling.close();
  });

  test('is not running is unavailable', async () => {
    const gone = createMailer({ url: 'smtp://127.0.0.1:1', from: 'a@example.com', timeoutMs: 500 });
    const send = gone.sender({ recipients: ['a@example.com'] });
    expect(await send(NOTIFICATION, new AbortController().signal)).toEqual({
      outcome: 'unavailable',
      error: 'smtp_unreachable',
    });
    gone.close();
  });
});
