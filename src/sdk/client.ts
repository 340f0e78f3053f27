/** The client of the REST API. It enforces nothing: the server does. */

import { whoamiRoute } from '../contract/key.js';
import { DEFAULT_TIMEOUT, readUrl } from './address.js';
import { type Call, type CallOptions, type CallSettings, createCall } from './call.js';
import { readEnvironment } from './env.js';
import { VSecureError } from './errors.js';
import { createKeys, createPeople } from './keys-and-people.js';
import { createMcp } from './mcp.js';
import { readReadiness } from './readiness.js';
import { type RetryOptions, readRetry } from './retry.js';
import { createSecrets } from './secrets.js';

export interface ClientOptions {
  /** Default: `VSECURE_URL`, then `http://127.0.0.1:3000`. */
  readonly url?: string | undefined;
  /** Default: `VSECURE_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** Milliseconds for one try of an answer that is not waited for on purpose. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** How often and when a call that failed in passing is tried again; false: never. */
  readonly retry?: RetryOptions | false | undefined;
  /** Another implementation of `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * One connection to vsecure, as the principal of its key. It opens nothing until it is used, and may be shared.
 *
 * Every method rejects with `VSecureError`. Calls that failed in passing are tried again: those that change something carry a key
 * under which they are made once, however often they arrive.
 */
export class VSecureClient {
  readonly mcp: ReturnType<typeof createMcp>;
  readonly secrets: ReturnType<typeof createSecrets>;
  readonly keys: ReturnType<typeof createKeys>;
  readonly people: ReturnType<typeof createPeople>;
  readonly #call: Call;
  readonly #connection: CallSettings;

  /** Connects to nothing yet. Throws VSecureError `not_configured` without a key or with an odd address. */
  constructor(options: ClientOptions = {}) {
    const environment = readEnvironment();
    const connection: CallSettings = {
      url: readUrl(options.url ?? environment.url),
      apiKey: readKey(options.apiKey ?? environment.apiKey),
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT,
      retry: readRetry(options.retry),
      fetch: options.fetch ?? fetch,
    };
    const call = createCall(connection);
    this.#connection = connection;
    this.#call = call;
    this.mcp = createMcp(call);
    this.secrets = createSecrets(call);
    this.keys = createKeys(call);
    this.people = createPeople(call);
  }

  /** Is the server able to work, and does anything in Slack wait for a person? */
  readiness() {
    return readReadiness(this.#connection);
  }

  /** Whose key this is and what it may do. */
  whoami({ signal }: CallOptions = {}) {
    return this.#call(whoamiRoute, { signal });
  }
}

/** A key as a header can carry it; whether it is a good one is the server's to say. */
function readKey(key: string | undefined): string {
  if (key !== undefined && /^[\x21-\x7e]+$/.test(key)) return key;
  const problem = key === undefined ? 'No API key is set.' : 'This is not an API key.';
  throw new VSecureError('not_configured', problem, {
    next: 'Set VSECURE_API_KEY to a key of yours; on the command line, vsecure login gets you one.',
  });
}
