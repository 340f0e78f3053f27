/** Reasons to deny that one tap chooses. They go to the AI tool and on the audit trail as they stand here. */

import type { PlainTextOption } from '@slack/types';
import { plain } from '../format/text-objects.js';

/** At most 75 characters each. */
const PHRASES = [
  'This is not needed for the task.',
  'The reason does not say enough.',
  'This is too much at once: ask for less.',
] as const;

/** Room that a phrase takes beside the words of whoever denies. */
export const PHRASE_ROOM = 80;

export const phraseOptions = (): PlainTextOption[] =>
  PHRASES.map((phrase, place) => ({ text: plain(phrase), value: String(place) }));

/** Undefined when there is no such phrase. */
export const phraseAt = (place: number): string | undefined => PHRASES[place];
