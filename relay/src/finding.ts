/** What `--check` found out about one item, and the line that shows it. */

/** A `note` does not fail the check: the item is switched off on purpose or could not be checked. */
export interface Finding {
  readonly kind: 'good' | 'bad' | 'note';
  /** The state; for `bad` also how to fix it. */
  readonly text: string;
}

const MARKS: Record<Finding['kind'], string> = { good: '✓', bad: '✗', note: '–' };

export const good = (text: string): Finding => ({ kind: 'good', text });
export const bad = (text: string): Finding => ({ kind: 'bad', text });
export const note = (text: string): Finding => ({ kind: 'note', text });

/** One line: the mark, the item, the finding. */
export function lineOf(item: string, { kind, text }: Finding): string {
  return `${MARKS[kind]} ${item}: ${text}`;
}

/** Makes a server's text safe for a terminal: no escape sequences, no hidden characters, no line breaks. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
}
