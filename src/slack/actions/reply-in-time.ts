/** Answers a submitted form before Slack gives up on it, with the outcome or with a word that it is still being worked on. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { errorName } from '../../domain/error-name.js';
import type { Log } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';
import type { Interaction } from '../inbound/interaction.js';
import type { FieldErrors } from '../views/form-answers.js';
import { noticeView } from '../views/notice-view.js';

/** What the form answers: nothing (it closes), words at a field, or a view in its place. */
export type Reply =
  | 'done'
  | { readonly errors: FieldErrors }
  | { readonly view: ModalView; readonly errors?: undefined };

export interface ReplyParts {
  readonly client: WebClient;
  readonly log: Log;
}

/** Milliseconds until the form is answered, with or without an outcome; Slack gives up after 3 s. */
const PATIENCE = 2400;

const STILL_WORKING =
  'This takes longer than usual. The outcome will be shown here and on the card.';
const TROUBLE =
  'Something went wrong, and vsecure cannot say whether your answer was counted. The card shows how it stands; answering again does no harm.';
const COUNTED = 'Your answer was counted.';

/** Never rejects for what `outcome` throws: whoever pressed must hear of a broken pipe, too. */
export async function replyInTime(
  parts: ReplyParts,
  interaction: Interaction,
  viewId: string,
  outcome: Promise<Reply>,
): Promise<void> {
  const safe = outcome.catch((error: unknown) => trouble(parts.log, error));
  const reply = await Promise.race([safe, sleep(PATIENCE, undefined, { ref: false })]);
  if (reply) return answer(interaction, reply);
  await answer(interaction, { view: noticeView('Still working', STILL_WORKING) });
  await showLate(parts, viewId, await safe);
}

export function answer(interaction: Interaction, reply: Reply): Promise<void> {
  if (reply === 'done') return interaction.ack();
  if (reply.errors) return interaction.ack({ response_action: 'errors', errors: reply.errors });
  return interaction.ack({ response_action: 'update', view: reply.view });
}

function trouble(log: Log, error: unknown): Reply {
  log.error({ error: errorName(error) }, 'a submitted form could not be carried out');
  return { view: noticeView('Something went wrong', TROUBLE) };
}

/** The form was answered before the outcome was known: say it there, if it is still open. */
async function showLate({ client, log }: ReplyParts, view_id: string, reply: Reply): Promise<void> {
  try {
    await client.views.update({ view_id, view: lateView(reply) });
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    log.warn({ code: failure.code }, 'a late outcome could not be shown in its form');
  }
}

function lateView(reply: Reply): ModalView {
  if (reply === 'done') return noticeView('Done', COUNTED);
  if (reply.errors) return noticeView('Not possible', Object.values(reply.errors).join(' '));
  return reply.view;
}
