/** Answers a submitted form before Slack's limit: with the outcome, or with a notice that vsecure is still working on it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { errorName } from '../../domain/error-name.js';
import type { Log } from '../../ports/index.js';
import { UnavailableError } from '../../ports/unavailable.js';
import { webFailure } from '../client/web-failure.js';
import type { Interaction } from '../inbound/interaction.js';
import { UNAVAILABLE } from '../inbound/request-guard.js';
import type { FieldErrors } from '../views/form-answers.js';
import { noticeView } from '../views/notice-view.js';

/** The answer to a submitted form: `done` closes it, `errors` marks fields, `view` replaces it. */
export type Reply =
  | 'done'
  | { readonly errors: FieldErrors }
  | { readonly view: ModalView; readonly errors?: undefined };

export interface ReplyParts {
  readonly client: WebClient;
  readonly log: Log;
}

/** Milliseconds until the form is answered, with or without an outcome; Slack's limit is 3 s. */
const ANSWER_WITHIN = 2400;

const STILL_WORKING = 'This takes longer than usual. The outcome will appear here and on the card.';
const TROUBLE =
  'Something went wrong, and vsecure does not know whether your decision was recorded. Check the card for the current status. It is safe to submit again.';
const RECORDED = 'Your decision was recorded.';

/** Does not reject when `outcome` does: the user gets an answer even after an error. */
export async function replyInTime(
  parts: ReplyParts,
  interaction: Interaction,
  viewId: string,
  outcome: Promise<Reply>,
): Promise<void> {
  const safe = outcome.catch((error: unknown) => trouble(parts.log, error));
  const reply = await Promise.race([safe, sleep(ANSWER_WITHIN, undefined, { ref: false })]);
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
  log.error({ error: errorName(error) }, 'a submitted form failed');
  const sentence = error instanceof UnavailableError ? UNAVAILABLE : TROUBLE;
  return { view: noticeView('Something went wrong', sentence) };
}

/** The form was answered before the outcome was known: shows the outcome in it, if it is still open. */
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
  if (reply === 'done') return noticeView('Done', RECORDED);
  if (reply.errors) return noticeView('Not possible', Object.values(reply.errors).join(' '));
  return reply.view;
}
