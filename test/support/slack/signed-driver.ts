/** Plays Slack's side over signed HTTP, also in ways that no emulator will: forged, stale, repeated. */

import { createDriving, type Driver, type DrivingOptions } from './driving.js';
import type { Forgery } from './interactions.js';
import { type Delivery, deliver, FORM, sign } from './signed-request.js';

export interface SlackDriverOptions extends DrivingOptions {
  /** Where the bot takes signed requests: `http://127.0.0.1:3000/slack/events`. */
  readonly eventsUrl: string;
  readonly signingSecret: string;
}

export interface SlackDriver extends Driver {
  /** Sends the same bytes with the same signature again. */
  readonly replay: (previous: Delivery) => Promise<Delivery>;
}

export function createSlackDriver(options: SlackDriverOptions): SlackDriver {
  const { eventsUrl } = options;
  const send = (body: string, type: string, { secret, timestamp }: Forgery, headers = {}) => {
    const signed = sign(body, type, { secret: secret ?? options.signingSecret, timestamp });
    return deliver(eventsUrl, { body, headers: { ...signed.headers, ...headers } });
  };
  const sendForm = (fields: Record<string, string>, forgery: Forgery) =>
    send(new URLSearchParams(fields).toString(), FORM, forgery);

  return {
    ...createDriving(options, {
      interaction: (payload, forgery) => sendForm({ payload: JSON.stringify(payload) }, forgery),
      command: sendForm,
      event: (body, delivery) => {
        const headers = retryHeaders(delivery.retryNum);
        return send(JSON.stringify(body), 'application/json', delivery, headers);
      },
    }),
    replay: ({ request }) => deliver(eventsUrl, request),
  };
}

function retryHeaders(retryNum: number | undefined): Record<string, string> {
  if (retryNum === undefined) return {};
  return { 'x-slack-retry-num': String(retryNum), 'x-slack-retry-reason': 'http_timeout' };
}
