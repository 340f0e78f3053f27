/** Do Slack's signed requests arrive? One is sent through the public address, as Slack does when an address is registered. */

import { z } from 'zod';
import { SECOND } from '../../domain/limits.js';
import { EVENTS_PATH } from '../inbound/transport.js';
import { type Finding, failed, ok, skipped } from './finding.js';

export interface AddressParts {
  /** Where others reach the server; undefined when it is not known. */
  readonly publicUrl: string | undefined;
  /** The header values of a request with this body, as Slack makes them. */
  readonly sign: (body: string) => Readonly<Record<string, string>>;
  /** Must come back. */
  readonly challenge: string;
  /** Slack sends to https only; a look-alike does not mind. */
  readonly httpsOnly: boolean;
}

/** Slack itself waits for 3 s; a person can wait for longer to hear what is wrong. */
const PATIENCE = 8 * SECOND;

export async function checkAddress(parts: AddressParts): Promise<Finding> {
  const { publicUrl, httpsOnly } = parts;
  if (!publicUrl)
    return skipped('the address is not known here', 'set PUBLIC_URL to have it tried');
  const url = `${publicUrl.replace(/\/+$/, '')}${EVENTS_PATH}`;
  if (httpsOnly && !url.startsWith('https:'))
    return failed(
      `${url} is not https, and Slack sends to nothing else`,
      'set PUBLIC_URL to https',
    );
  try {
    return await judge(url, await send(url, parts), parts.challenge);
  } catch (error) {
    return unreached(url, error);
  }
}

/** https://docs.slack.dev/reference/events/url_verification */
function send(url: string, { sign, challenge }: AddressParts): Promise<Response> {
  const body = JSON.stringify({ type: 'url_verification', challenge });
  return fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...sign(body) },
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  });
}

const echo = z.object({ challenge: z.string() });
const problem = z.object({ code: z.string() });

async function judge(url: string, response: Response, challenge: string): Promise<Finding> {
  const { status } = response;
  const body = await response.json().catch(() => undefined);
  if (status === 200 && echo.safeParse(body).data?.challenge === challenge)
    return ok(`a signed request from here to ${url} arrived; Slack must be able to send one too`);
  if (status === 403 && problem.safeParse(body).data?.code === 'not_allowed')
    return failed(
      `the server does not answer to the host name of ${url}`,
      'set its PUBLIC_URL, or VSECURE_ALLOWED_HOSTS where a proxy changes the name',
    );
  const [says, fix] = meaningOf(status);
  return failed(`${url} answered ${status}: ${says}`, fix);
}

const LOOK = 'look at where PUBLIC_URL leads, and at the proxy in front of the server';

function meaningOf(status: number): readonly [says: string, fix: string] {
  if (status === 401)
    return [
      'the server has another signing secret, or another time',
      'set SLACK_SIGNING_SECRET to that of Basic Information, here and where the server runs, and compare their clocks',
    ];
  if (status === 404)
    return [
      'nothing takes requests from Slack there',
      'check PUBLIC_URL, and that the server has SLACK_SIGNING_SECRET and no SLACK_APP_TOKEN',
    ];
  if (status >= 300 && status < 400)
    return ['it leads elsewhere, and Slack does not follow', 'set PUBLIC_URL to where it leads'];
  if (status >= 502 && status <= 504)
    return ['the proxy does not reach the server', `start the server, or ${LOOK}`];
  return ['that is not how vsecure answers', LOOK];
}

/** By the code of Node's network layer. */
const TROUBLES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed, which Slack refuses',
  SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate is self-signed, which Slack refuses',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate comes without its issuer’s',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another name',
};

function unreached(url: string, error: unknown): Finding {
  if (!(error instanceof Error)) throw error;
  const late = error.name === 'TimeoutError';
  const code = causeOf(error);
  if (!late && code === undefined) throw error;
  const trouble = late ? 'nothing came back in time' : (TROUBLES[code ?? ''] ?? code);
  return failed(
    `${url} was not reached: ${trouble}`,
    `${LOOK}; behind a firewall, use Socket Mode`,
  );
}

/** Of several addresses that failed, the first tells. */
function causeOf({ cause }: Error): string | undefined {
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return first instanceof Error && 'code' in first && typeof first.code === 'string'
    ? first.code
    : undefined;
}
