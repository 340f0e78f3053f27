/** The ways not to approve: three denials, which are final, and three ways to send a request back for a better one. */

import type { PlainTextOption } from '@slack/types';
import { plain } from '../format/text-objects.js';

interface Phrase {
  /** In the form, at most 75 characters. */
  readonly choice: string;
  /** What follows from it, at most 75 characters. */
  readonly effect: string;
  /** The AI tool and the audit trail get it in exactly these words. Absent: the approver's own words are the reason. */
  readonly reason?: string;
  /** No denial in the end: the AI tool may ask again at once. */
  readonly sentBack: boolean;
}

const PHRASES: readonly Phrase[] = [
  {
    choice: 'Deny: not needed for this task',
    effect: 'Final. The AI tool must not repeat it.',
    reason: 'This is not needed for the task.',
    sentBack: false,
  },
  {
    choice: 'Deny: I suspect misuse',
    effect: 'Final. Look at the key, too.',
    reason: 'This looks like misuse.',
    sentBack: false,
  },
  {
    choice: 'Deny: other reason',
    effect: 'Final. Say why below.',
    sentBack: false,
  },
  {
    choice: 'Send back: the reason does not say enough',
    effect: 'Not final. It may ask again at once, with more.',
    reason: 'The reason does not say enough.',
    sentBack: true,
  },
  {
    choice: 'Send back: ask for less',
    effect: 'Not final. Fewer secrets, or a shorter time.',
    reason: 'This is too much at once: ask for less.',
    sentBack: true,
  },
  {
    choice: 'Send back: check the name',
    effect: 'Not final. No such secret, or the wrong one.',
    reason: 'Check the name: it is not the secret that you need.',
    sentBack: true,
  },
];

/** Characters reserved for a phrase in front of the approver's own words. */
export const PHRASE_ROOM = 80;

export const phraseOptions = (): PlainTextOption[] =>
  PHRASES.map(({ choice, effect }, index) => ({
    text: plain(choice),
    description: plain(effect),
    value: String(index),
  }));

/** Undefined when no phrase has this index. */
export const phraseAt = (index: number): Pick<Phrase, 'reason' | 'sentBack'> | undefined =>
  PHRASES[index];
