/** A process of its own that calls a server: its work must not take the server's share of the event loop. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** Requests that are sent in turn, one after the other by each caller. */
export interface Load {
  readonly url: string;
  readonly callers: number;
  /** Milliseconds. */
  readonly ms: number;
  readonly requests: readonly LoadRequest[];
}

export interface LoadRequest {
  readonly path: string;
  readonly token: string;
  readonly body: string;
}

export interface LoadResult {
  readonly done: number;
  /** Milliseconds. */
  readonly took: number;
  /** An answer that was not 200 or 201. */
  readonly failed?: string | undefined;
}

/** Starts the process. `run` throws when an answer was not 200 or 201, or when there were fewer requests than could be sent. */
export function startLoad() {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ['load'], {
    execArgv: process.execArgv,
  });
  return {
    async run(load: Load): Promise<LoadResult> {
      child.send(load);
      const [result] = (await once(child, 'message')) as [LoadResult];
      if (result.failed) throw new Error(result.failed);
      return result;
    },
    close: () => child.disconnect(),
  };
}

async function play({ url, callers, ms, requests }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const started = performance.now();
  let next = 0;
  let done = 0;
  let failed: string | undefined;
  const caller = async () => {
    while (performance.now() - started < ms && failed === undefined) {
      const wanted = requests[next++];
      if (!wanted) failed = `${requests.length} requests were too few`;
      else {
        const answer = await post(agent, url, wanted);
        if (answer.status === 200 || answer.status === 201) done += 1;
        else failed = `${answer.status} ${answer.text}`;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  return { done, took: performance.now() - started, failed };
}

function post(agent: Agent, url: string, { path, token, body }: LoadRequest) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end(body);
  });
}

if (process.argv[2] === 'load')
  process.on('message', async (load: Load) => process.send?.(await play(load)));
