/** Types `/vsecure` as a user, and reads the answer. */

import { lintMessage } from '../support/slack/blocks-lint.js';
import { findAction } from '../support/slack/card.js';
import { asArray, asObject, asString, type JsonObject } from '../support/slack/json.js';
import { until } from '../support/until.js';
import type { Scene } from './scene.js';

export type Asking = ReturnType<typeof createAsking>;

export function createAsking(scene: Scene) {
  const idOf = (user: string) => scene.emulate.users[user] ?? user;

  /** The only answer to an interaction. */
  const answered = async (
    what: string,
    interaction: () => Promise<{ readonly status: number }>,
  ) => {
    const before = scene.sink.bodies.length;
    const { status } = await interaction();
    if (status !== 200) throw new Error(`${what} was answered with ${status}`);
    return until(`an answer to ${what}`, () => scene.sink.bodies[before]);
  };

  return {
    command: (user: string, text: string, forgery: object = {}) =>
      answered(`/vsecure ${text.slice(0, 80)}`, () =>
        scene.driver.command({
          user: idOf(user),
          text,
          channel: scene.emulate.channelId,
          ...forgery,
        }),
      ),

    /** Clicks a button of an ephemeral answer. Slack marks it as ephemeral; a forger may not. */
    click: (user: string, answer: JsonObject, actionId: string, value?: string) =>
      answered(`a click on ${actionId}`, () =>
        scene.driver.click({
          user: idOf(user),
          channel: scene.emulate.channelId,
          messageId: '1700000000.000100',
          actionId,
          value: value ?? asString(findAction(answer, actionId)?.['value']),
        }),
      ),

    /** Lint problems of all answers, and answers that other users could see. */
    problems: () =>
      scene.sink.bodies.flatMap((body) => [
        ...(body['blocks'] === undefined ? [] : lintMessage(body['blocks'])),
        ...(body['response_type'] === 'ephemeral' ? [] : ['an answer that is not ephemeral']),
        ...(asString(body['text']) === '' ? ['an answer without a text'] : []),
      ]),
  };
}

/** The rows of an answer's table, without its head; each cell as its text. */
export function rowsOf(answer: JsonObject): readonly (readonly string[])[] {
  const table = asArray(answer['blocks'])
    .map(asObject)
    .find(({ type }) => type === 'data_table');
  return asArray(table?.['rows'])
    .slice(1)
    .map((row) => asArray(row).map(asObject).map(cellText));
}

function cellText(cell: JsonObject): string {
  if (cell['type'] === 'raw_text') return asString(cell['text']);
  return JSON.stringify(cell);
}

/** Everything that can be read in an answer. */
export const wordsIn = (answer: JsonObject): string =>
  JSON.stringify(answer['blocks'] ?? answer['text']);
