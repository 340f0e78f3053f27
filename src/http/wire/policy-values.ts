/** Values of a policy on the wire: durations and time windows are text there, milliseconds and parsed windows in the domain. */

import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_CEILING, DURATION_MIN } from '../../domain/limits.js';
import type { AutoApprove } from '../../domain/policy/auto-approve.js';
import type { FieldForm } from '../../domain/policy/policy-fields.js';
import { parseWindow, type TimeWindow } from '../../domain/policy/time-window.js';
import { CONDITION_FORMS, type ConditionForm } from '../../domain/vocabulary.js';

/** What is wrong and what is worth saying, gathered while a document is read. */
export interface Findings {
  readonly problems: string[];
  readonly notes: string[];
}

interface Codec<Text, Value> {
  /** Of a document. Problems and notes begin with the field's name. */
  read(text: Text, field: string, findings: Findings): Value;
  /** For an answer. */
  write(value: Value): Text;
}

const plain: Codec<unknown, unknown> = {
  read: (value) => value,
  write: (value) => (Array.isArray(value) ? [...value] : value),
};

const duration: Codec<string, number> = {
  /** Within what any policy may set. */
  read(text, field, { problems }) {
    const ms = parseDuration(text) ?? 0;
    if (ms >= DURATION_MIN && ms <= DURATION_CEILING) return ms;
    const [least, most] = [DURATION_MIN, DURATION_CEILING].map(formatDuration);
    problems.push(`${field}: a duration out of range; write ${least} to ${most}`);
    return DURATION_MIN;
  },
  write: formatDuration,
};

const timeWindows: Codec<string | readonly string[], readonly TimeWindow[]> = {
  /** One window or a list; a problem names the place in the list. */
  read(given, field, { problems, notes }) {
    const texts = typeof given === 'string' ? [given] : given;
    return texts.flatMap((text, index) => {
      const place = typeof given === 'string' ? field : `${field}[${index}]`;
      const reading = parseWindow(text);
      if (!reading.ok) problems.push(`${place}: ${reading.problem}`);
      else if (reading.note !== undefined) notes.push(`${place}: ${reading.note}.`);
      return reading.ok ? [reading.value] : [];
    });
  },
  write: (windows) => windows.map(({ text }) => text),
};

const CONDITION_CODECS: Record<ConditionForm, Codec<unknown, unknown>> = {
  timeWindows,
  names: plain,
  operations: plain,
  duration,
};

type WrittenConditions = Readonly<Record<string, unknown>>;

const autoApproval: Codec<
  { readonly enabled: boolean; readonly conditions?: WrittenConditions },
  AutoApprove
> = {
  read: ({ enabled, conditions = {} }, field, findings) => ({
    enabled,
    conditions: eachCondition(conditions, (name, codec, value) =>
      codec.read(value, `${field}.conditions.${name}`, findings),
    ),
  }),
  write: ({ enabled, conditions }) => ({
    enabled,
    conditions: eachCondition(conditions, (_name, codec, value) => codec.write(value)),
  }),
};

/** Leaves out the conditions that are not given. */
function eachCondition(
  given: WrittenConditions,
  translate: (name: string, codec: Codec<unknown, unknown>, value: unknown) => unknown,
): WrittenConditions {
  return Object.fromEntries(
    Object.entries(CONDITION_FORMS)
      .filter(([name]) => given[name] !== undefined)
      .map(([name, form]) => [name, translate(name, CONDITION_CODECS[form], given[name])]),
  );
}

/** By the form of a policy's field. */
export const CODECS: Record<FieldForm, Codec<unknown, unknown>> = { plain, duration, autoApproval };
