/** Checks that Slack's signed requests arrive: sends one to the public address, as Slack does when an address is registered. */

import { z } from 'zod';
import { readiness } from '../../contract/readiness.js';
import { SECOND } from '../../domain/limits.js';
import { EVENTS_PATH } from '../inbound/transport.js';
import { type Finding, failed, passed, skipped, warning } from './finding.js';

export interface AddressParts {
  /** The server's public origin, without a slash at the end; undefined when it is not configured. */
  readonly publicUrl: string | undefined;
  /** The headers that Slack would send with this body. */
  readonly sign: (body: string) => Readonly<Record<string, string>>;
  /** The server must return it. */
  readonly challenge: string;
  /** Slack sends to https only; an emulator does not care. */
  readonly httpsOnly: boolean;
}

/** Slack waits for 3 s; a person can wait longer to learn what is wrong. */
const TIMEOUT = 8 * SECOND;

/** Whether the server has refused requests because of their signature: Slack's own may have another secret than ours. */
export async function checkSignatures({ publicUrl }: AddressParts): Promise<Finding> {
  if (!publicUrl) return skipped('PUBLIC_URL is not set here');
  const report = await readSignatures(publicUrl).catch(() => undefined);
  if (!report) return skipped('the server does not answer on /readyz');
  const { accepted, refused, last_refused: last, todo } = report.slack_signatures ?? NONE_REFUSED;
  if (refused === 0) return passed('the server has refused no request for its signature');
  const message = `the server has accepted ${accepted} and refused ${refused} requests by their signature, the last at ${last}`;
  return accepted === 0 ? failed(message, todo) : warning(message, todo);
}

const NONE_REFUSED = { accepted: 0, refused: 0, last_refused: '', todo: '' };

async function readSignatures(publicUrl: string) {
  const answer = await fetch(`${publicUrl}/readyz`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return readiness.parse(await answer.json());
}

export async function checkAddress(parts: AddressParts): Promise<Finding> {
  const { publicUrl, httpsOnly } = parts;
  if (!publicUrl)
    return skipped('PUBLIC_URL is not set here', 'set PUBLIC_URL to check the address');
  const url = `${publicUrl}${EVENTS_PATH}`;
  if (httpsOnly && !url.startsWith('https:'))
    return failed(
      `${url} is not https, and Slack sends only to https`,
      'set PUBLIC_URL to an https address',
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
    signal: AbortSignal.timeout(TIMEOUT),
  });
}

const echo = z.object({ challenge: z.string() });
const problem = z.object({ code: z.string() });

async function judge(url: string, response: Response, challenge: string): Promise<Finding> {
  const { status } = response;
  const body = await response.json().catch(() => undefined);
  if (status === 200 && echo.safeParse(body).data?.challenge === challenge)
    return passed(
      `a signed request from this machine reached ${url}; Slack must be able to reach it too`,
    );
  if (status === 403 && problem.safeParse(body).data?.code === 'not_allowed')
    return failed(
      `the server does not accept the host name of ${url}`,
      'set its PUBLIC_URL, or VSECURE_ALLOWED_HOSTS where a proxy changes the name',
    );
  const [meaning, fix] = meaningOf(status);
  return failed(`${url} answered ${status}: ${meaning}`, fix);
}

const CHECK = 'check PUBLIC_URL and the proxy in front of the server';

function meaningOf(status: number): readonly [meaning: string, fix: string] {
  if (status === 401)
    return [
      'the server has a different signing secret, or its clock differs',
      'set SLACK_SIGNING_SECRET to the signing secret from Basic Information, here and on the server, and compare their clocks',
    ];
  if (status === 404)
    return [
      'nothing handles Slack requests there',
      'check PUBLIC_URL, and that the server has SLACK_SIGNING_SECRET and no SLACK_APP_TOKEN',
    ];
  if (status >= 300 && status < 400)
    return ['it redirects, and Slack does not follow', 'set PUBLIC_URL to the redirect target'];
  if (status >= 502 && status <= 504)
    return ['the proxy cannot reach the server', `start the server, or ${CHECK}`];
  return ['this is not an answer of vsecure', CHECK];
}

/** By the error code of Node.js. */
const NETWORK_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed, which Slack refuses',
  SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate is self-signed, which Slack refuses',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate chain is incomplete',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another name',
};

function unreached(url: string, error: unknown): Finding {
  if (!(error instanceof Error)) throw error;
  const isTimeout = error.name === 'TimeoutError';
  const code = causeOf(error);
  if (!isTimeout && code === undefined) throw error;
  const problem = isTimeout ? 'no answer in time' : (NETWORK_ERRORS[code ?? ''] ?? code);
  return failed(
    `${url} could not be reached: ${problem}`,
    `${CHECK}; behind a firewall, use Socket Mode`,
  );
}

/** When several addresses failed, the code of the first. */
function causeOf({ cause }: Error): string | undefined {
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return first instanceof Error && 'code' in first && typeof first.code === 'string'
    ? first.code
    : undefined;
}
