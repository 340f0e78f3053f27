/** The owner of the requesting key, bob, with a Slack account and its direct messages. */

import type { DirectMessage } from '../../src/ports/index.js';
import { unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import { asString, type JsonObject } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

export type OwnersScene = Awaited<ReturnType<typeof openOwnersScene>>;

/** Slack is connected; no message is sent before `start`. */
export async function openOwnersScene(options: SceneOptions = {}) {
  const scene = await openScene({
    delivering: ['slack_direct', 'slack_thread'],
    linkByEmail: false,
    ...options,
  });
  const { services, emulate, driver } = scene;
  await services.policy();
  for (const name of ['alice', 'bob', 'mallory']) await linkAccount(scene, name);

  /** This person's direct messages. */
  const messages = async (name = 'bob') =>
    emulate.messages(await emulate.directMessages(idOf(scene, name)));

  return {
    ...scene,
    messages,

    /** Waits for a direct message with these words. */
    direct: (words: string, name = 'bob') =>
      until(`a direct message to ${name} with "${words}"`, async () =>
        (await messages(name)).find((message) => textOf(message).includes(words)),
      ),

    async clickNotMe(message: JsonObject, user: string, forgery: object = {}) {
      return driver.click({
        user: emulate.users[user] ?? user,
        channel: await emulate.directMessages(idOf(scene, 'bob')),
        messageId: asString(message['ts']),
        actionId: 'not_me',
        value: asString(findAction(message, 'not_me')?.['value']),
        ...forgery,
      });
    },

    /** Queues messages as if the key had been used this often during an outage of Slack. */
    async notify(kind: DirectMessage['kind'], times: number, name = 'claude-desktop') {
      const principal = await services.store.principals.byName(name);
      if (!principal) throw new Error(`there is no key ${name}`);
      await services.store.transaction(async (tx) => {
        for (let one = 0; one < times; one += 1)
          await tx.enqueueDirectMessage({ person: principal.owner, kind, principal: principal.id });
      });
    },

    async unsent(email = 'bob@example.com'): Promise<readonly DirectMessage[]> {
      const person = await services.person(email);
      return services.store.directMessageOutbox.unsent(person.id, 100);
    },
  };
}

export const idOf = ({ emulate }: Pick<Scene, 'emulate'>, name: string): string =>
  emulate.users[name] ?? name;

export async function linkAccount(scene: Scene, name: string, userId = idOf(scene, name)) {
  const { useCases, admin } = scene.services;
  const account = { teamId: scene.emulate.teamId, userId };
  unwrap(await useCases.managePeople.link(admin, `${name}@example.com`, account));
}

export const textOf = (message: JsonObject): string => JSON.stringify(message);
