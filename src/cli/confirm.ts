/** The one question that a command may ask: whether to go on. Only a person at a terminal, or `--yes`, answers yes. */

import { CommandFailed, UsageError } from './command-errors.js';

export interface Confirmation {
  /** Ends with a question mark: `Apply these changes?` */
  readonly question: string;
  /** True when the command line has `--yes`. */
  readonly yes: boolean | undefined;
  /** What a no means: `Nothing was deleted.` */
  readonly unchanged: string;
}

/**
 * Resolves only after a yes. Throws CommandFailed for any other answer. Throws UsageError without a terminal: no one sees the question there,
 * and a script that ran in the wrong place must not destroy or loosen anything.
 */
export type Confirm = (confirmation: Confirmation) => Promise<void>;

export function createConfirm(
  interactive: boolean,
  ask: (text: string) => Promise<string>,
): Confirm {
  return async ({ question, yes, unchanged }) => {
    if (yes) return;
    if (!interactive)
      throw new UsageError(
        `${unchanged} There is no terminal to ask: “${question}” If you mean it, add --yes.`,
      );
    const answer = await ask(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed(`Cancelled. ${unchanged}`);
  };
}
