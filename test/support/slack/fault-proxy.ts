/** A reverse proxy between the bot and a Slack emulator: it records every call and can inject faults. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expectNoProblems, lintCalls, lintFrames } from './blocks-lint.js';
import { createFaultList, type Fault } from './faults.js';
import { type JsonObject, parseJson } from './json.js';
import { listenOnLoopback, shut } from './loopback.js';
import { parseArguments, readBytes } from './request-body.js';
import { type Frame, relaySockets } from './socket-relay.js';
import { forward, spoil } from './upstream.js';

export interface SlackCall {
  readonly method: string;
  /** When it came in, epoch ms. */
  readonly at: number;
  readonly body: JsonObject;
  /** The fault that it met, if any. */
  readonly fault: Fault['fault'] | undefined;
  /** The response to the bot, sent or withheld; undefined while the call hangs or when it never reached Slack. */
  response?: unknown;
  status?: number;
  /** When Slack's answer was there, by `performance.now()`. */
  answered?: number;
}

export interface FaultProxy {
  readonly url: string;
  /** The `slackApiUrl` for the bot: ends in `/api/`. */
  readonly apiUrl: string;
  readonly calls: readonly SlackCall[];
  /** The calls of one method, oldest first. */
  readonly callsOf: (method: string) => readonly SlackCall[];
  readonly inject: (fault: Fault) => void;
  readonly clearFaults: () => void;
  /** What passed over Socket Mode. */
  readonly frames: readonly Frame[];
  /** Socket Mode: Slack asks each bot to reconnect. */
  readonly disconnect: (reason?: string) => void;
  /** Socket Mode: cuts every connection without notice; returns how many. */
  readonly killSockets: () => number;
  readonly sockets: () => number;
  /** All traffic in both directions, to search for a value that must never be in it. */
  readonly traffic: () => string;
  /** Throws when Slack would have refused any message, view or answer that passed. */
  readonly close: () => Promise<void>;
}

/** Starts on a free port of the loopback interface. `upstream` is an origin: `http://127.0.0.1:7700`. */
export async function startFaultProxy(options: { upstream: string }): Promise<FaultProxy> {
  const upstream = new URL(options.upstream);
  const faults = createFaultList();
  const calls: SlackCall[] = [];
  // Keeps the bot on this side: the Socket Mode address and each response_url name the emulator.
  const rewrite = (text: string) => text.replaceAll(upstream.host, `127.0.0.1:${port}`);
  const server = createServer((request, response) => {
    // A connection that breaks, by the bot or by an injected drop, is no failure of the proxy.
    pass(request, response).catch(() => response.destroy());
  });
  const relay = relaySockets(server, upstream, rewrite);
  const port = await listenOnLoopback(server);
  const url = `http://127.0.0.1:${port}`;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBytes(request);
    const body = parseArguments(request, bytes);
    const method = new URL(request.url ?? '/', url).pathname.replace('/api/', '');
    const fault = faults.take(method, body);
    const call: SlackCall = { method, at: Date.now(), body, fault: fault?.fault };
    calls.push(call);
    const reply = await spoil(fault, () => forward(upstream, request, bytes));
    if (reply === 'hang') return;
    if (reply === 'drop') return void response.destroy();
    const text = rewrite(reply.text);
    const answered = performance.now();
    Object.assign(call, { status: reply.status, response: parseJson(text), answered });
    if (call.fault === 'hang-after') return;
    if (call.fault === 'drop-after') response.destroy();
    else response.writeHead(reply.status, reply.headers).end(text);
  }

  return {
    url,
    apiUrl: `${url}/api/`,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    inject: faults.inject,
    clearFaults: faults.clear,
    frames: relay.frames,
    disconnect: (reason = 'refresh_requested') => relay.disconnect(reason),
    killSockets: relay.kill,
    sockets: relay.count,
    traffic: () => `${JSON.stringify(calls)}\n${JSON.stringify(relay.frames)}`,
    async close() {
      relay.close();
      await shut(server);
      expectNoProblems([...lintCalls(calls), ...lintFrames(relay.frames)]);
    },
  };
}
