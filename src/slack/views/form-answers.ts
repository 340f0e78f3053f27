/** The fields that a person filled in, read from Slack's `view.state`. https://docs.slack.dev/reference/views/view-submission */

import { z } from 'zod';
import { REASON_MAX } from '../../domain/limits.js';
import { FIELD } from '../format/action-ids.js';
import { phraseAt } from './denial-reasons.js';

export interface FormAnswers {
  /** The chosen phrase, the typed words, or both. Undefined when both are empty. */
  readonly reason?: string | undefined;
  /** The chosen phrase asks for a better request. */
  readonly sentBack?: boolean | undefined;
  /** Milliseconds; undefined in a form without a duration. */
  readonly duration?: number | undefined;
  /** Indexes of the chosen resources; undefined in a form without that field. */
  readonly indexes?: readonly number[] | undefined;
}

/** An error sentence for each invalid field, by the id of its block. */
export type FieldErrors = Readonly<Record<string, string>>;

export const UNKNOWN_BOX = 'Choose from the requested resources.';
const TOO_LONG = `At most ${REASON_MAX} characters.`;
const NONE_CHOSEN = 'Choose at least one resource, or deny the request.';

const reason = z.object({
  value: z.string().max(REASON_MAX, { error: TOO_LONG }).nullish(),
});
const UNKNOWN_PHRASE = 'Choose one of these, or none.';
const phrase = z.object({
  selected_option: z
    .object({
      value: z
        .string()
        .transform((index) => (/^\d$/.test(index) ? phraseAt(Number(index)) : undefined))
        .refine((phrase) => phrase !== undefined, { error: UNKNOWN_PHRASE }),
    })
    .nullish(),
});
const duration = z.object({
  selected_option: z
    .object({
      value: z.string().regex(/^[1-9]\d{0,9}$/, { error: 'Choose one of the durations.' }),
    })
    .nullish(),
});
const boxes = z.object({
  selected_options: z
    .array(z.object({ value: z.string().regex(/^\d{1,2}$/, { error: UNKNOWN_BOX }) }))
    .nullish(),
});
const boxesBlock = z.object({ boxes }).optional();
const state = z.object({
  [FIELD.phrase.block]: z.object({ [FIELD.phrase.element]: phrase }).optional(),
  [FIELD.reason.block]: z.object({ [FIELD.reason.element]: reason }),
  [FIELD.duration.block]: z.object({ [FIELD.duration.element]: duration }).optional(),
  [FIELD.resources.block]: boxesBlock,
  [FIELD.moreResources.block]: boxesBlock,
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
  const indexes = tickedIndexes(read.data);
  if (indexes?.length === 0) return { errors: { [FIELD.resources.block]: NONE_CHOSEN } };
  const reason = reasonOf(read.data);
  if (reason.length > REASON_MAX) return { errors: { [FIELD.reason.block]: TOO_LONG } };
  return {
    answers: {
      reason: reason || undefined,
      sentBack: read.data.phrase?.choice.selected_option?.value.sentBack,
      duration: chosen === undefined ? undefined : Number(chosen),
      indexes,
    },
  };
}

function reasonOf({ phrase, reason }: z.infer<typeof state>): string {
  const parts = [phrase?.choice.selected_option?.value.reason, reason.text.value?.trim()];
  return parts.filter(Boolean).join(' ');
}

/** Slack sends untouched ticks, too, so an empty list means that the person unticked everything. */
function tickedIndexes({ resources, more_resources }: z.infer<typeof state>): number[] | undefined {
  const lists = [resources, more_resources].map((block) => block?.boxes.selected_options);
  if (lists.every((list) => !list)) return undefined;
  return lists.flatMap((list) => list ?? []).map(({ value }) => Number(value));
}
