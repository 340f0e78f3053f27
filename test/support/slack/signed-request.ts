/** Signs and sends one request as Slack does. https://docs.slack.dev/authentication/verifying-requests-from-slack */

import { createHmac } from 'node:crypto';
import { expectNoProblems, lintAnswer } from './blocks-lint.js';
import { parseJson } from './json.js';

export interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the bot answered over HTTP, and the bytes that it answered to. */
export interface Delivery {
  readonly status: number;
  /** Parsed when it is JSON, else the text; empty for a bare acknowledgement. */
  readonly body: unknown;
  readonly ms: number;
  readonly request: SignedRequest;
}

/** Bare on purpose: Slack sends no charset, and Bolt refuses one. */
export const FORM = 'application/x-www-form-urlencoded';

export interface Signature {
  readonly secret: string;
  /** Epoch seconds; default now. */
  readonly timestamp?: number | undefined;
}

/** Signs `v0:<timestamp>:<body>` with HMAC-SHA256. */
export function sign(
  body: string,
  contentType: string,
  { secret, timestamp = Math.floor(Date.now() / 1000) }: Signature,
): SignedRequest {
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': contentType,
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${mac}`,
  };
  return { body, headers };
}

/** Sends the very bytes of `request`. Throws when Slack would have refused the view in the answer. */
export async function deliver(url: string, request: SignedRequest): Promise<Delivery> {
  const start = performance.now();
  const response = await fetch(url, { method: 'POST', ...request });
  const text = await response.text();
  expectNoProblems(lintAnswer(parseJson(text)));
  return {
    status: response.status,
    body: parseJson(text),
    ms: performance.now() - start,
    request,
  };
}
