/** Stands behind `response_url`: collects the bot's answers to an interaction. */

import { createServer } from 'node:http';
import { expectNoProblems, lintAnswer } from './blocks-lint.js';
import { asObject, type JsonObject, parseJson } from './json.js';
import { listenOnLoopback, shut } from './loopback.js';
import { readBytes } from './request-body.js';

/** Slack takes this many answers on one response_url. https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5;

export interface ResponseSink {
  readonly url: string;
  /** The bodies that came, oldest first. */
  readonly bodies: readonly JsonObject[];
  /** Throws when Slack would have refused any of them. */
  readonly close: () => Promise<void>;
}

/** Starts on a free loopback port. Each path below `url` is a response_url of its own. */
export async function startResponseSink(): Promise<ResponseSink> {
  const bodies: JsonObject[] = [];
  const uses = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const used = (uses.get(path) ?? 0) + 1;
    uses.set(path, used);
    const body = asObject(parseJson((await readBytes(request)).toString()));
    if (used > USES) return void response.writeHead(404).end('{"ok":false,"error":"used_url"}');
    bodies.push(body);
    response.end('ok');
  });
  const port = await listenOnLoopback(server);
  const close = async () => {
    await shut(server);
    expectNoProblems(bodies.flatMap(lintAnswer));
  };
  return { url: `http://127.0.0.1:${port}/respond`, bodies, close };
}
