/** Interactions as Slack's payloads, for either transport. */

import { randomUUID } from 'node:crypto';
import type {
  Click,
  EventDelivery,
  Forgery,
  SlashCommand,
  ViewClick,
  ViewClose,
  ViewSubmission,
} from './interactions.js';
import type { JsonObject } from './json.js';
import {
  clickInView,
  clickOnMessage,
  envelope,
  eventCallback,
  type Installation,
  slashCommand,
  viewClosed,
  viewSubmission,
} from './payloads.js';
import type { Delivery } from './signed-request.js';

export interface DrivingOptions extends Installation {
  /** Makes a trigger_id that the emulator knows, or `views.open` fails. Default: a made-up one. */
  readonly trigger?: (userId: string) => Promise<string>;
  /** The target of the bot's `respond()`; see `startResponseSink`. */
  readonly responseUrl?: string;
}

export interface Driver {
  readonly click: (click: Click) => Promise<Delivery>;
  readonly clickInView: (click: ViewClick) => Promise<Delivery>;
  readonly submitView: (submission: ViewSubmission) => Promise<Delivery>;
  readonly closeView: (close: ViewClose) => Promise<Delivery>;
  readonly command: (command: SlashCommand) => Promise<Delivery>;
  /** Delivers one event of the Events API, such as `{ type: 'app_home_opened', user, tab: 'home' }`. */
  readonly event: (event: JsonObject, delivery?: EventDelivery) => Promise<Delivery>;
}

/** Sends a payload to the bot and resolves with its answer. */
export interface Carrier {
  interaction(payload: JsonObject, forgery: Forgery): Promise<Delivery>;
  command(fields: Readonly<Record<string, string>>, forgery: Forgery): Promise<Delivery>;
  event(body: JsonObject, delivery: EventDelivery): Promise<Delivery>;
}

export function createDriving(options: DrivingOptions, carrier: Carrier): Driver {
  // Each interaction has a response_url of its own, as in Slack, which accepts five answers on each.
  const responseUrl = () => options.responseUrl && `${options.responseUrl}/${randomUUID()}`;
  const trigger = options.trigger ?? (async () => `trigger.${randomUUID()}`);
  const triggerFor = async (interaction: Forgery & { readonly user: string }) =>
    interaction.triggerId ?? (await trigger(interaction.user));

  const interact = async (interaction: Forgery & { readonly user: string }, payload: JsonObject) =>
    carrier.interaction(
      { ...envelope(options, interaction, await triggerFor(interaction)), ...payload },
      interaction,
    );

  return {
    click: (click) => interact(click, clickOnMessage(click, responseUrl())),
    clickInView: (click) => interact(click, clickInView(click)),
    submitView: (submission) => interact(submission, viewSubmission(submission, options)),
    closeView: (close) => interact(close, viewClosed(close, options)),
    command: async (command) =>
      carrier.command(
        slashCommand(command, options, responseUrl(), await triggerFor(command)),
        command,
      ),
    event: (event, delivery = {}) =>
      carrier.event(eventCallback(event, delivery, options), delivery),
  };
}
