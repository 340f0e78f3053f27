/** A prompt: an instruction that a user picks in their AI tool, so that the model uses vsecure as intended. */

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
  /** Renders the user message. An omitted argument is an empty string. */
  render(values: Readonly<Record<string, string>>): string;
}
