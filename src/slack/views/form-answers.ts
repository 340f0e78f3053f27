/** What a person filled in, read from Slack's `view.state`. https://docs.slack.dev/reference/views/view-submission */

import { z } from 'zod';
import { REASON_MAX } from '../../domain/limits.js';
import { FIELD } from '../format/action-ids.js';
import { phraseAt } from './denial-reasons.js';

export interface FormAnswers {
  /** The chosen phrase, the typed words, or both. Undefined when left empty. */
  readonly reason?: string | undefined;
  /** Milliseconds; undefined in a form without that field. */
  readonly duration?: number | undefined;
  /** Places of the chosen resources; undefined in a form without that field. */
  readonly places?: readonly number[] | undefined;
}

/** Words for each field that cannot be read, by its block. */
export type FieldErrors = Readonly<Record<string, string>>;

export const UNKNOWN_BOX = 'Choose among the resources that were asked for.';
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
        .transform((place) => (/^\d$/.test(place) ? phraseAt(Number(place)) : undefined))
        .refine((found) => found !== undefined, { error: UNKNOWN_PHRASE }),
    })
    .nullish(),
});
const duration = z.object({
  selected_option: z
    .object({ value: z.string().regex(/^[1-9]\d{0,9}$/, { error: 'Choose one of the times.' }) })
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
  const places = ticked(read.data);
  if (places?.length === 0) return { errors: { [FIELD.resources.block]: NONE_CHOSEN } };
  const reason = reasonOf(read.data);
  if (reason.length > REASON_MAX) return { errors: { [FIELD.reason.block]: TOO_LONG } };
  return {
    answers: {
      reason: reason || undefined,
      duration: chosen === undefined ? undefined : Number(chosen),
      places,
    },
  };
}

function reasonOf({ phrase, reason }: z.infer<typeof state>): string {
  const said = [phrase?.choice.selected_option?.value, reason.text.value?.trim()];
  return said.filter(Boolean).join(' ');
}

/** Slack sends ticks that nobody has touched, too: an empty list means that a person has unticked everything. */
function ticked({ resources, more_resources }: z.infer<typeof state>): number[] | undefined {
  const lists = [resources, more_resources].map((block) => block?.boxes.selected_options);
  if (lists.every((list) => !list)) return undefined;
  return lists.flatMap((list) => list ?? []).map(({ value }) => Number(value));
}
