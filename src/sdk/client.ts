/** The client of the REST API. The server enforces all rules; the client enforces none. */

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
  /** Milliseconds until one attempt times out, not counting the time that a call waits for a person. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** When and how often to retry a call after a temporary failure. False: never. */
  readonly retry?: RetryOptions | false | undefined;
  /** Custom `fetch` implementation. Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A client of vsecure that acts as the principal of its API key. It connects on first use and can be shared.
 *
 * Every method rejects with `VSecureError`. The client retries calls after temporary failures. Calls that change something carry
 * an idempotency key, so the server carries them out only once.
 */
export class VSecureClient {
  readonly mcp: ReturnType<typeof createMcp>;
  readonly secrets: ReturnType<typeof createSecrets>;
  readonly keys: ReturnType<typeof createKeys>;
  readonly people: ReturnType<typeof createPeople>;
  readonly #call: Call;
  readonly #connection: CallSettings;

  /** Does not connect yet. Throws VSecureError `not_configured` without a key or with an invalid address. */
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

  /** Says whether the server is ready, and lists Slack faults that someone must fix. */
  readiness() {
    return readReadiness(this.#connection);
  }

  /** Describes the API key in use: its owner and its scopes. */
  whoami({ signal }: CallOptions = {}) {
    return this.#call(whoamiRoute, { signal });
  }
}

/** Checks only that a header can carry the key. The server checks whether the key is valid. */
function readKey(key: string | undefined): string {
  if (key !== undefined && /^[\x21-\x7e]+$/.test(key)) return key;
  const problem = key === undefined ? 'No API key is set.' : 'This is not an API key.';
  throw new VSecureError('not_configured', problem, {
    next: 'Set VSECURE_API_KEY to your key. On the command line, run: vsecure login',
  });
}
