/** The REST API over real services, on its own port. */

import { once } from 'node:events';
import { request } from 'node:http';
import { createAdmission } from '../../src/http/admission.js';
import { createHttpApp, type HttpParts } from '../../src/http/app.js';
import { listen } from '../../src/http/server.js';
import { buildServices, type Services } from '../support/services.js';

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is not JSON. */
  readonly json: unknown;
}

export interface Saying {
  readonly token?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  readonly headers?: Record<string, string>;
}

export type Serving = Awaited<ReturnType<typeof startServing>>;

/** `logged` has every log line as JSON. */
export async function startServing(given?: Services, parts: Partial<HttpParts> = {}) {
  const services = given ?? (await buildServices());
  const logged: string[] = [];
  const stopping = new AbortController();
  const app = createHttpApp({
    useCases: services.useCases,
    // A test is quicker than any client should be.
    admission: createAdmission(services.useCases, 1_000_000),
    logger: { error: (fields, message) => logged.push(JSON.stringify({ message, ...fields })) },
    ready: async () => ({ ok: true, database: 'ok', slack: 'off' }),
    allowedHosts: ['127.0.0.1', 'vsecure.example.com'],
    stopping: stopping.signal,
    ...parts,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });

  const say = async (method: string, path: string, saying: Saying = {}): Promise<Said> => {
    const { token, body, raw, headers = {} } = saying;
    const response = await fetch(`${server.url}${path}`, {
      method,
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...((raw ?? body) !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, json };
  };

  return {
    services,
    logged,
    server,
    stopping,
    say,
    /** Below `/api/v1`. */
    api: (method: string, path: string, saying?: Saying) => say(method, `/api/v1${path}`, saying),

    /** The status for a Host header that fetch would not let one set. */
    async statusForHost(host: string, path = '/api/v1/whoami'): Promise<number> {
      const asked = request(`${server.url}${path}`, { headers: { host } }).end();
      const [response] = await once(asked, 'response');
      response.resume();
      return response.statusCode;
    },

    async close() {
      stopping.abort();
      await server.close(1000);
      if (!given) await services.close();
    },
  };
}
