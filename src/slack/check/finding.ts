/** What the check of the Slack connection found out about one thing. */

/** `warning` works today and may not tomorrow; `skipped` was not looked at, or is off on purpose. Only `failed` counts as broken. */
export interface Finding {
  readonly result: 'ok' | 'failed' | 'warning' | 'skipped';
  /** What is so. It may hold names that strangers gave, and holds no token. */
  readonly says: string;
  /** What a person can do about it. */
  readonly fix?: string | undefined;
}

/** A finding, and what it is about. */
export interface Checked extends Finding {
  readonly check: string;
}

export const ok = (says: string): Finding => ({ result: 'ok', says });
export const failed = (says: string, fix: string): Finding => ({ result: 'failed', says, fix });
export const warning = (says: string, fix: string): Finding => ({ result: 'warning', says, fix });
export const skipped = (says: string, fix?: string): Finding => ({
  result: 'skipped',
  says,
  fix,
});
