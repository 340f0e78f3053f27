/** What a person filled in, read from Slack's `view.state`. https://docs.slack.dev/reference/views/view-submission */

import { z } from 'zod';
import { REASON_MAX } from '../../domain/limits.js';
import { FIELD } from '../ids.js';

export interface FormAnswers {
  /** Undefined when left empty. */
  readonly reason?: string | undefined;
  /** Milliseconds; undefined in a form without that field. */
  readonly duration?: number | undefined;
}

/** Words for each field that cannot be read, by its block. */
export type FieldErrors = Readonly<Record<string, string>>;

const reason = z.object({
  value: z
    .string()
    .max(REASON_MAX, { error: `At most ${REASON_MAX} characters.` })
    .nullish(),
});
const duration = z.object({
  selected_option: z
    .object({ value: z.string().regex(/^[1-9]\d{0,9}$/, { error: 'Choose one of the times.' }) })
    .nullish(),
});
const state = z.object({
  [FIELD.reason.block]: z.object({ [FIELD.reason.element]: reason }),
  [FIELD.duration.block]: z.object({ [FIELD.duration.element]: duration }).optional(),
});

export function readAnswers(
  values: unknown,
): { readonly answers: FormAnswers } | { readonly errors: FieldErrors } {
  const read = state.safeParse(values);
  if (!read.success)
    return {
      errors: Object.fromEntries(
        read.error.issues.map(({ path, message }) => [String(path[0] ?? 'reason'), message]),
      ),
    };
  const chosen = read.data.duration?.choice.selected_option?.value;
  return {
    answers: {
      reason: read.data.reason.text.value?.trim() || undefined,
      duration: chosen === undefined ? undefined : Number(chosen),
    },
  };
}
