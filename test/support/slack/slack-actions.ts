/** A user's actions in Slack, for any server: read a card, click, fill in a form. */

import type { Approval } from '../../../src/domain/approval.js';
import type { Cards } from '../../../src/ports/index.js';
import { EVENTS_PATH } from '../../../src/slack/inbound/transport.js';
import { until } from '../until.js';
import { findAction } from './card.js';
import type { Forgery } from './interactions.js';
import { asObject, asString, type JsonObject } from './json.js';
import { createSlackDriver } from './signed-driver.js';
import { picked, typed, type ViewValues } from './view-values.js';
import type { Workspace } from './workspace.js';

type Id = Approval['id'];
export type Button = 'approve' | 'deny';

export interface Answers {
  readonly reason?: string;
  /** Milliseconds. */
  readonly duration?: number;
}

export interface HandsOptions {
  readonly workspace: Workspace;
  /** Of the server. */
  readonly url: string;
  /** The server's store of cards. */
  readonly cards: Cards;
}

export type Hands = ReturnType<typeof createHands>;

export function createHands({ workspace, url, cards }: HandsOptions) {
  const { emulate, proxy, sink, idOf } = workspace;
  const driver = createSlackDriver({
    ...emulate,
    eventsUrl: `${url}${EVENTS_PATH}`,
    responseUrl: sink.url,
  });

  /** The newest card of this approval, once it shows `words`. */
  const card = (id: Id, words = '') =>
    until(`a card of ${id} with "${words}"`, async () => {
      const place = await cards.find(id);
      const message = place && (await emulate.message(place.messageId));
      return message && JSON.stringify(message).includes(words) ? message : undefined;
    });

  /** Clicks a button of an earlier state of the card. */
  const clickOn = async (
    message: JsonObject,
    user: string,
    button: Button,
    forgery: Forgery = {},
  ) => {
    const triggerId = await emulate.trigger(idOf(user));
    const delivery = await driver.click({
      user: idOf(user),
      channel: emulate.channelId,
      messageId: asString(message['ts']),
      actionId: button,
      value: asString(findAction(message, button)?.['value']),
      triggerId,
      ...forgery,
    });
    return { delivery, triggerId };
  };

  /** The view that this person's click opened. */
  const opened = (triggerId: string) =>
    until('a modal', () => {
      const calls = proxy.callsOf('views.open');
      const call = calls.find(({ body }) => body['trigger_id'] === triggerId);
      return call && asObject(call.body['view']);
    });

  return {
    driver,
    card,
    clickOn,
    opened,

    async openForm(user: string, id: Id, button: Button): Promise<JsonObject> {
      const { triggerId } = await clickOn(await card(id), user, button);
      return opened(triggerId);
    },

    submit: (user: string, form: JsonObject, answers: Answers = {}, forgery: Forgery = {}) =>
      driver.submitView({
        user: idOf(user),
        callbackId: asString(form['callback_id']),
        privateMetadata: asString(form['private_metadata']),
        values: valuesOf(answers),
        ...forgery,
      }),
  };
}

function valuesOf({ reason, duration }: Answers): ViewValues {
  return {
    reason: { text: typed(reason ?? null) },
    ...(duration === undefined ? {} : { duration: { choice: picked(`${duration}`) } }),
  };
}
