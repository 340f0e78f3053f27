/** One click, form or command of a person in Slack, and how to answer it. Every interaction gets an answer. */

import type { RespondFn } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { errorName } from '../../domain/error-name.js';
import type { Log } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';
import { escaped, plainSection } from '../format/text-objects.js';
import { noticeView } from '../views/notice-view.js';
import type { Envelope } from './payload.js';

export type Acknowledgement =
  | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly response_action: 'update'; readonly view: ModalView }
  | { readonly options: readonly [] };

export interface Interaction {
  readonly payload: Envelope;
  readonly userId: string;
  /** For logs and the audit trail: `click`, `submit`, `command` and so on. */
  readonly kind: string;
  acknowledged(): boolean;
  /** Must be called within 3 s. Only the first call is sent; a broken connection is logged, never thrown. */
  ack(answer?: Acknowledgement): Promise<void>;
  /** Shows a sentence to this person only; Slack parses nothing in it. Never throws. */
  reply(sentence: string): Promise<void>;
  /**
   * Shows an answer to this person only: the first of these forms that Slack accepts. `replace`: replaces the message with the clicked
   * button. Never throws.
   */
  show(forms: readonly AnswerForm[], replace?: boolean): Promise<void>;
}

/** One way to show an answer. */
export interface AnswerForm {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** What Bolt hands us for one payload. */
export interface Incoming {
  readonly payload: Envelope;
  /** Declared as a method: Bolt's own types for it differ from payload to payload. */
  ack(answer?: unknown): Promise<void>;
  readonly respond: RespondFn | undefined;
  readonly client: WebClient;
  readonly log: Log;
}

const KINDS: Readonly<Record<string, string>> = {
  block_actions: 'click',
  view_submission: 'submit',
  view_closed: 'close',
  block_suggestion: 'suggestion',
  shortcut: 'shortcut',
  message_action: 'shortcut',
};

export function createInteraction({ payload, ack, respond, client, log }: Incoming): Interaction {
  const kind = payload.command === undefined ? (KINDS[payload.type ?? ''] ?? 'other') : 'command';
  const userId = payload.user?.id ?? payload.user_id ?? '';
  let sent = false;
  return {
    payload,
    kind,
    userId,
    acknowledged: () => sent,
    async ack(answer) {
      if (sent) return;
      sent = true;
      try {
        await ack(answer);
      } catch (error) {
        log.warn({ kind, error: nameOf(error) }, 'an acknowledgement did not reach Slack');
      }
    },
    async reply(sentence) {
      try {
        if (respond) await answerInChannel(respond, sentence);
        else await answerElsewhere(client, payload, userId, sentence);
      } catch (error) {
        log.warn({ kind, error: nameOf(error) }, 'an answer did not reach the person in Slack');
      }
    },
    async show(forms, replace = false) {
      try {
        for (const form of forms) if (respond && (await isAccepted(respond, form, replace))) return;
        throw new Error('Slack accepts no form of the answer');
      } catch (error) {
        log.warn({ kind, error: nameOf(error) }, 'an answer did not reach the person in Slack');
      }
    },
  };
}

/** False when Slack refuses the message itself, as older plans do with newer blocks: then another form may be accepted. */
async function isAccepted(respond: RespondFn, { text, blocks }: AnswerForm, replace: boolean) {
  try {
    const answer = await respond({
      response_type: 'ephemeral',
      replace_original: replace,
      text,
      blocks,
      unfurl_links: false,
      unfurl_media: false,
    });
    return !(await answer.text()).includes('"ok":false');
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (typeof status !== 'number' || status < 400 || status >= 500) throw error;
    return false;
  }
}

const answerInChannel = (respond: RespondFn, sentence: string) =>
  respond({
    response_type: 'ephemeral',
    replace_original: false,
    text: escaped(sentence),
    blocks: [plainSection(sentence)],
    unfurl_links: false,
    unfurl_media: false,
  });

/** Used without a response_url: in the channel if there is one, else in a modal. */
async function answerElsewhere(
  client: WebClient,
  payload: Envelope,
  user: string,
  sentence: string,
): Promise<void> {
  const channel = payload.channel?.id ?? payload.channel_id;
  const blocks = [plainSection(sentence)];
  if (channel) await client.chat.postEphemeral({ channel, user, text: escaped(sentence), blocks });
  else if (payload.trigger_id) {
    const opening = { trigger_id: payload.trigger_id, view: noticeView('vsecure', sentence) };
    // A view can be pushed onto a modal only, not onto the App Home.
    const inModal = payload.view?.type === 'modal';
    await (inModal ? client.views.push(opening) : client.views.open(opening));
  }
}

function nameOf(error: unknown): string {
  return webFailure(error)?.code ?? errorName(error);
}
