/** Slack's Web API for the check: with a longer timeout, without logging, and measuring how long answers take and Slack's clock. */

import { WebClient } from '@slack/web-api';
import { SECOND } from '../../domain/limits.js';
import { clientOptions } from '../client/web-clients.js';
import { remedy, webFailure } from '../client/web-failure.js';
import { type Finding, failed } from './finding.js';

export interface Answer<T> {
  readonly value: T;
  /** How long the call took (ms). */
  readonly ms: number;
  /** How far this machine's clock is ahead of Slack's (ms); undefined when Slack sends no time. */
  readonly ahead: number | undefined;
}

export interface SlackCalls {
  readonly client: WebClient;
  /** One call at a time: the measurement belongs to the last answer. */
  measure<T>(call: (client: WebClient) => Promise<T>): Promise<Answer<T>>;
}

/** Milliseconds. Long enough to distinguish a slow Slack from an unreachable one. */
const TIMEOUT = 8 * SECOND;

/** A failed call is reported to the caller only. */
const NO_LOG = { info: () => {}, warn: () => {}, error: () => {} };

export function createSlackCalls(token: string, apiUrl: string | undefined): SlackCalls {
  /** When the last answer came (epoch ms), and its Date header. */
  const last = { at: 0, date: '' };
  const client = new WebClient(token, {
    ...clientOptions(NO_LOG, apiUrl),
    timeout: TIMEOUT,
    async fetch(url, init) {
      const signal = init?.signal ?? AbortSignal.timeout(TIMEOUT);
      const response = await fetch(url, { ...init, signal });
      Object.assign(last, { at: Date.now(), date: response.headers.get('date') ?? '' });
      return response;
    },
  });
  return {
    client,
    async measure(call) {
      const start = performance.now();
      const value = await call(client);
      const ms = performance.now() - start;
      // The header has whole seconds: half a second is the best estimate.
      const ahead = last.at - ms / 2 - (Date.parse(last.date) + SECOND / 2);
      return { value, ms, ahead: Number.isNaN(ahead) ? undefined : ahead };
    },
  };
}

/** Slack's code of a failed call. Throws errors that do not come from Slack. */
export function codeOf(error: unknown): string {
  const failure = webFailure(error);
  if (!failure) throw error;
  return failure.code;
}

const NETWORK =
  'check that this machine can reach https://slack.com/api/ (DNS, firewall, proxy), then try again';

/** Slack refused or did not answer. `fix` replaces the remedy of the code. Throws errors that do not come from Slack. */
export function refused(error: unknown, fix?: string): Finding {
  const failure = webFailure(error);
  if (!failure) throw error;
  const { code, permanent } = failure;
  if (permanent) return failed(`Slack refused: ${code}`, fix ?? remedy(code));
  if (code === 'rate_limited')
    return failed('Slack limits the rate of calls', 'try again in a minute');
  return failed(`Slack did not answer (${code})`, NETWORK);
}
