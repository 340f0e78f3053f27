/** Asks the emulator behind the fault proxy, or answers in its place. */

import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.js';
import { asObject, parseJson } from './json.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Passes the call on with what Slack looks at: the token, the content type and the bytes. */
export async function forward(
  upstream: URL,
  { url = '/', method = 'POST', headers }: IncomingMessage,
  bytes: Buffer,
): Promise<Reply> {
  const { authorization, 'content-type': type } = headers;
  const answered = await fetch(new URL(url, upstream), {
    method,
    headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
    ...(bytes.length > 0 && { body: new Uint8Array(bytes) }),
  });
  const contentType = answered.headers.get('content-type') ?? 'text/plain';
  return {
    status: answered.status,
    headers: { 'content-type': contentType },
    text: await answered.text(),
  };
}

/** What the bot gets instead of upstream's answer, or made of it. */
export async function spoil(
  fault: Fault | undefined,
  ask: () => Promise<Reply>,
): Promise<Reply | 'hang' | 'drop'> {
  switch (fault?.fault) {
    case 'hang':
      return 'hang';
    case 'drop-before':
      return 'drop';
    case 'rate-limited':
      return json({ ok: false, error: 'ratelimited' }, 429, {
        'retry-after': String(fault.retryAfterSeconds),
      });
    case 'status':
      return { status: fault.status, headers: {}, text: 'upstream error' };
    case 'error':
      return json({ ok: false, error: fault.error });
    case 'json':
      if (typeof fault.json !== 'function') return json(fault.json);
      return json(fault.json(asObject(parseJson((await ask()).text))));
    case 'headers': {
      const reply = await ask();
      return { ...reply, headers: { ...reply.headers, ...fault.headers } };
    }
    case 'delay':
      await delay(fault.ms);
      return ask();
    case 'drop-after':
    case 'hang-after':
    case undefined:
      return ask();
  }
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    text: JSON.stringify(value),
  };
}
