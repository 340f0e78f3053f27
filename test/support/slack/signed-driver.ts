/** Plays Slack's side over signed HTTP, also in ways that no emulator will: forged, stale, repeated. */

import { randomUUID } from 'node:crypto';
import type {
  EventDelivery,
  Forgery,
  Press,
  SlashCommand,
  ViewClose,
  ViewPress,
  ViewSubmission,
} from './gestures.js';
import type { JsonObject } from './json.js';
import {
  envelope,
  eventCallback,
  type Installation,
  pressInView,
  pressOnMessage,
  slashCommand,
  viewClosed,
  viewSubmission,
} from './payloads.js';
import { type Delivery, deliver, FORM, sign } from './signed-request.js';

export interface SlackDriverOptions extends Installation {
  /** Where the bot takes signed requests: `http://127.0.0.1:3000/slack/events`. */
  readonly eventsUrl: string;
  readonly signingSecret: string;
  /** Makes a trigger_id that the emulator knows, or `views.open` fails. Default: a made-up one. */
  readonly trigger?: (userId: string) => Promise<string>;
  /** Where the bot's `respond()` goes; see `startResponseSink`. */
  readonly responseUrl?: string;
}

export interface SlackDriver {
  readonly press: (press: Press) => Promise<Delivery>;
  readonly pressInView: (press: ViewPress) => Promise<Delivery>;
  readonly submitView: (submission: ViewSubmission) => Promise<Delivery>;
  readonly closeView: (close: ViewClose) => Promise<Delivery>;
  readonly command: (command: SlashCommand) => Promise<Delivery>;
  /** Delivers one event of the Events API, such as `{ type: 'app_home_opened', user, tab: 'home' }`. */
  readonly event: (event: JsonObject, delivery?: EventDelivery) => Promise<Delivery>;
  /** Sends the same bytes with the same signature again. */
  readonly replay: (previous: Delivery) => Promise<Delivery>;
}

export function createSlackDriver(options: SlackDriverOptions): SlackDriver {
  const { eventsUrl } = options;
  // Each gesture has a response_url of its own, as at Slack, where each takes five answers.
  const responseUrl = () => options.responseUrl && `${options.responseUrl}/${randomUUID()}`;
  const trigger = options.trigger ?? (async () => `trigger.${randomUUID()}`);
  const triggerFor = async (gesture: Forgery & { readonly user: string }) =>
    gesture.triggerId ?? (await trigger(gesture.user));

  const send = (body: string, type: string, { secret, timestamp }: Forgery, headers = {}) => {
    const signed = sign(body, type, { secret: secret ?? options.signingSecret, timestamp });
    return deliver(eventsUrl, { body, headers: { ...signed.headers, ...headers } });
  };

  const interact = async (gesture: Forgery & { readonly user: string }, payload: JsonObject) => {
    const whole = { ...envelope(options, gesture, await triggerFor(gesture)), ...payload };
    const form = new URLSearchParams({ payload: JSON.stringify(whole) });
    return send(form.toString(), FORM, gesture);
  };

  return {
    press: (press) => interact(press, pressOnMessage(press, responseUrl())),
    pressInView: (press) => interact(press, pressInView(press)),
    submitView: (submission) => interact(submission, viewSubmission(submission, options)),
    closeView: (close) => interact(close, viewClosed(close, options)),
    command: async (command) => {
      const fields = slashCommand(command, options, responseUrl(), await triggerFor(command));
      return send(new URLSearchParams(fields).toString(), FORM, command);
    },
    event: (event, delivery = {}) => {
      const body = JSON.stringify(eventCallback(event, delivery, options));
      return send(body, 'application/json', delivery, retryHeaders(delivery.retryNum));
    },
    replay: ({ request }) => deliver(eventsUrl, request),
  };
}

function retryHeaders(retryNum: number | undefined): Record<string, string> {
  if (retryNum === undefined) return {};
  return { 'x-slack-retry-num': String(retryNum), 'x-slack-retry-reason': 'http_timeout' };
}
