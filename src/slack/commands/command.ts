/** A sub-command of `/vsecure`. Each has its own file; `catalogue.ts` lists them. */

import type { Person } from '../../domain/person.js';
import type { Result } from '../../domain/result.js';
import type { SlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Answer } from './answer.js';
import type { ArgumentSpec, Arguments } from './arguments.js';

export interface Command extends ArgumentSpec {
  readonly name: string;
  /** The arguments, in the notation of a manual page; empty for none. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** Without `/vsecure`. */
  readonly examples: readonly string[];
  /** The command only reads, so a button may run it again for another page. */
  readonly pages?: true;
  /** Only the person who typed the command sees the answer. */
  answer(request: CommandRequest): Promise<Result<Answer>>;
}

export interface CommandRequest extends Arguments {
  readonly slackActor: SlackActor;
  /** Identifies the person, by Slack and the database, on each call. Every answer that shows a person's data must call it first. */
  who(): Promise<Result<Person>>;
  /** Where the previous page ended. It comes from a button and may be forged: it is a position, never a permission. */
  readonly after?: string | undefined;
  readonly now: Date;
}

/** Rows of one page: as many as a phone shows without scrolling for long. */
export const ROWS = 10;
