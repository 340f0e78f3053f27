/** A client of Slack's Web API for the check: patient, silent, and attentive to when an answer was sent and how long it took. */

import { WebClient } from '@slack/web-api';
import { SECOND } from '../../domain/limits.js';
import { clientOptions } from '../client/web-clients.js';
import { remedy, webFailure } from '../client/web-failure.js';
import { type Finding, failed } from './finding.js';

export interface Answer<T> {
  readonly value: T;
  /** How long the call took (ms). */
  readonly ms: number;
  /** How far our clock is ahead of Slack's (ms); undefined when Slack does not say its time. */
  readonly ahead: number | undefined;
}

export interface SlackCalls {
  readonly client: WebClient;
  /** One call at a time: what is heard on the way belongs to the last. */
  measure<T>(call: (client: WebClient) => Promise<T>): Promise<Answer<T>>;
}

/** Milliseconds. A person waits, and what is slow is to be told from what is dead. */
const PATIENCE = 8 * SECOND;

/** A failed call is told to nobody but the caller. */
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

export function createSlackCalls(token: string, apiUrl: string | undefined): SlackCalls {
  /** Of the last answer: when it came (epoch ms), and its header. */
  const last = { at: 0, date: '' };
  const client = new WebClient(token, {
    ...clientOptions(SILENT, apiUrl),
    timeout: PATIENCE,
    async fetch(url, init) {
      const signal = init?.signal ?? AbortSignal.timeout(PATIENCE);
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
      // The header has whole seconds: half of one is the best guess.
      const ahead = last.at - ms / 2 - (Date.parse(last.date) + SECOND / 2);
      return { value, ms, ahead: Number.isNaN(ahead) ? undefined : ahead };
    },
  };
}

/** Slack's code for why a call failed. Throws what is not Slack's. */
export function codeOf(error: unknown): string {
  const failure = webFailure(error);
  if (!failure) throw error;
  return failure.code;
}

const NETWORK =
  'check that this machine may reach https://slack.com/api/ (DNS, firewall, proxy), and try again';

/** Slack refused, or did not answer. `fix` where the code's own remedy does not fit. Throws what is not Slack's. */
export function refused(error: unknown, fix?: string): Finding {
  const failure = webFailure(error);
  if (!failure) throw error;
  const { code, permanent } = failure;
  if (permanent) return failed(`Slack refuses: ${code}`, fix ?? remedy(code));
  if (code === 'rate_limited') return failed('Slack says to wait', 'try again in a minute');
  return failed(`Slack does not answer (${code})`, NETWORK);
}
