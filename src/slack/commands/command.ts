/** What a sub-command of `/vsecure` is. One file makes one; `catalogue.ts` lists them. */

import type { Person } from '../../domain/person.js';
import type { Result } from '../../domain/result.js';
import type { SlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Answer } from './answer.js';
import type { Arguments, Takes } from './arguments.js';

export interface Command extends Takes {
  readonly name: string;
  /** What may follow the name, as a manual page has it; empty for nothing. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** What may be typed, without `/vsecure`. */
  readonly examples: readonly string[];
  /** It only reads, so that a button may ask it again for another page. */
  readonly pages?: true;
  /** Only whoever asked sees the answer. */
  answer(asked: Asked): Promise<Result<Answer>>;
}

export interface Asked extends Arguments {
  readonly slackActor: SlackActor;
  /** Asks Slack and the database each time; every answer that shows something of somebody's must begin with it. */
  who(): Promise<Result<Person>>;
  /** Where the page before ended, as a button of ours or of a forger says: a place, never a right. */
  readonly after?: string | undefined;
  readonly now: Date;
}

/** Rows of one page: as many as a phone shows without scrolling for long. */
export const ROWS = 10;
