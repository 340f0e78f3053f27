/** Plays Slack's side over Socket Mode: the very payloads of the signed driver, in envelopes. https://docs.slack.dev/apis/events-api/using-socket-mode */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { createDriving, type Driver, type DrivingOptions } from './driving.js';
import type { Fault } from './faults.js';
import { asObject, type JsonObject, parseJson } from './json.js';
import { listenOnLoopback, shut } from './loopback.js';
import type { Delivery } from './signed-request.js';

export interface SocketSlack {
  /** For the fault proxy: Slack's word where the socket is. */
  readonly open: Fault;
  readonly drive: (options: DrivingOptions) => Driver;
  readonly close: () => Promise<void>;
}

/** The bot hangs up on a Slack that does not ping it for half a minute. */
const PING_EVERY = 5000;

/** Takes the sockets of bots, and hands each payload to the newest of them. */
export async function startSocketSlack(): Promise<SocketSlack> {
  const server = createServer();
  const acceptor = new WebSocketServer({ server });
  const port = await listenOnLoopback(server);
  const answers = new Map<string, (answer: unknown) => void>();
  let bot: WebSocket | undefined;

  acceptor.on('connection', (socket) => {
    bot = socket;
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = asObject(parseJson(String(data)));
      answers.get(String(id))?.(payload);
    });
  });
  const pings = setInterval(() => bot?.ping(), PING_EVERY);

  const deliver = async (type: string, payload: unknown): Promise<Delivery> => {
    const started = performance.now();
    const envelope_id = randomUUID();
    const answered = new Promise((resolve) => answers.set(envelope_id, resolve));
    if (!bot) await once(acceptor, 'connection');
    bot?.send(JSON.stringify({ envelope_id, type, payload, accepts_response_payload: true }));
    const answer = await answered;
    // A bare acknowledgement, which over HTTP has an empty body.
    const body = Object.keys(asObject(answer ?? {})).length === 0 ? '' : answer;
    answers.delete(envelope_id);
    return {
      status: 200,
      body,
      ms: performance.now() - started,
      request: { body: '', headers: {} },
    };
  };

  return {
    open: {
      method: 'apps.connections.open',
      times: Number.POSITIVE_INFINITY,
      fault: 'json',
      json: { ok: true, url: `ws://127.0.0.1:${port}` } satisfies JsonObject,
    },
    drive: (options) =>
      createDriving(options, {
        interaction: (payload) => deliver('interactive', payload),
        command: (fields) => deliver('slash_commands', fields),
        event: (body) => deliver('events_api', body),
      }),
    async close() {
      clearInterval(pings);
      for (const socket of acceptor.clients) socket.terminate();
      acceptor.close();
      await shut(server);
    },
  };
}
