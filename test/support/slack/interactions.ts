/** A user's interaction in Slack, and the fields that a forger may change. */

import type { JsonObject } from './json.js';
import type { ViewValues } from './view-values.js';

/** Fields that any delivery may forge. */
export interface Forgery {
  /** The workspace that the payload names, instead of the connected one. */
  readonly team?: string;
  /** The person's home workspace: another one for a guest through Slack Connect. */
  readonly userTeam?: string;
  /** The organisation that the payload names; by default none. */
  readonly enterprise?: string;
  /** Epoch seconds of the signature, instead of now. */
  readonly timestamp?: number;
  /** The secret to sign with, instead of the bot's. */
  readonly secret?: string;
  readonly triggerId?: string;
  readonly responseUrl?: string;
}

interface Action extends Forgery {
  readonly user: string;
  readonly actionId: string;
  readonly value?: string;
  readonly blockId?: string;
  /** More of the action, or another type: `{ type: 'static_select', selected_option }`. */
  readonly action?: JsonObject;
}

export interface Click extends Action {
  readonly channel: string;
  readonly messageId: string;
}

/** A click inside a modal or the App Home, where there is no channel and no message. */
export interface ViewClick extends Action {
  /** The view as Slack sends it: what the bot opened or published, with its id. */
  readonly view: JsonObject;
}

export interface ViewClose extends Forgery {
  readonly user: string;
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly viewId?: string;
}

export interface ViewSubmission extends ViewClose {
  readonly values: ViewValues;
  readonly hash?: string;
}

export interface SlashCommand extends Forgery {
  readonly user: string;
  readonly text: string;
  readonly channel: string;
  /** Default `/vsecure`. */
  readonly command?: string;
}

export interface EventDelivery extends Forgery {
  /** Slack's id of the event; the same one again is a redelivery. */
  readonly eventId?: string;
  /** Counts the redeliveries, as X-Slack-Retry-Num does. */
  readonly retryNum?: number;
}
