/** What `--check` found out about one thing, and how a person reads it. */

/** `note` is shown and does not count: something is off on purpose, or could not be looked at. */
export interface Finding {
  readonly kind: 'good' | 'bad' | 'note';
  /** What is so; when it is bad, also what to do. */
  readonly says: string;
}

const MARKS: Record<Finding['kind'], string> = { good: '✓', bad: '✗', note: '–' };

export const good = (says: string): Finding => ({ kind: 'good', says });
export const bad = (says: string): Finding => ({ kind: 'bad', says });
export const note = (says: string): Finding => ({ kind: 'note', says });

/** One line: the mark, what was looked at, what was found. */
export function lineOf(what: string, { kind, says }: Finding): string {
  return `${MARKS[kind]} ${what}: ${says}`;
}

/** Text of whatever answered, harmless for a terminal: no escape sequence, no hidden letters, no second line. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
}
