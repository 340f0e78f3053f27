/** One result of checking the Slack connection. */

/** `warning`: it works now but may stop; `skipped`: not checked, or switched off. Only `failed` makes the whole check fail. */
export interface Finding {
  readonly result: 'ok' | 'failed' | 'warning' | 'skipped';
  /** What was found. It may contain names that other people chose, and never contains a token. */
  readonly message: string;
  /** What a person can do about it. */
  readonly fix?: string | undefined;
}

/** A finding and the name of its check. */
export interface Checked extends Finding {
  readonly check: string;
}

export const passed = (message: string): Finding => ({ result: 'ok', message });
export const failed = (message: string, fix: string): Finding => ({
  result: 'failed',
  message,
  fix,
});
export const warning = (message: string, fix: string): Finding => ({
  result: 'warning',
  message,
  fix,
});
export const skipped = (message: string, fix?: string): Finding => ({
  result: 'skipped',
  message,
  fix,
});
