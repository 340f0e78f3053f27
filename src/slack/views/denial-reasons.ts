/** Ready-made reasons to deny. The AI tool and the audit trail get them in exactly these words. */

import type { PlainTextOption } from '@slack/types';
import { plain } from '../format/text-objects.js';

/** At most 75 characters each. */
const PHRASES = [
  'This is not needed for the task.',
  'The reason does not say enough.',
  'This is too much at once: ask for less.',
] as const;

/** Characters reserved for a phrase in front of the approver's own words. */
export const PHRASE_ROOM = 80;

export const phraseOptions = (): PlainTextOption[] =>
  PHRASES.map((phrase, index) => ({ text: plain(phrase), value: String(index) }));

/** Undefined when no phrase has this index. */
export const phraseAt = (index: number): string | undefined => PHRASES[index];
