/** What a prompt is: words that a person picks in their AI tool, so that it uses vsecure as it is meant to be used. */

import type { z } from 'zod';
import type { Suggest } from './completions.js';

export interface PromptArgument {
  readonly description: string;
  readonly required: boolean;
  readonly schema: z.ZodType<string, string>;
  readonly suggest?: Suggest | undefined;
}

export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: Readonly<Record<string, PromptArgument>>;
  /** The message of the user. Absent arguments are empty. */
  words(given: Readonly<Record<string, string>>): string;
}
