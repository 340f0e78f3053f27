/** How a policy holds the values of conditions. A restored database, an editor or a later version may have stored something else. */

import type { Json } from '../../canonical-json.js';
import type { ConditionForm, ConditionName, FormOf, Operation } from '../../vocabulary.js';
import { isWindow, type TimeWindow } from '../time-window.js';

interface FormValues {
  readonly timeWindows: readonly TimeWindow[];
  readonly names: readonly string[];
  readonly operations: readonly Operation[];
  /** Milliseconds. */
  readonly duration: number;
}

export type ConditionValue<Name extends ConditionName> = FormValues[FormOf<Name>];

export interface Schema<Value> {
  /** Can this version evaluate the stored value? */
  isReadable(value: unknown): value is Value;
  /** As the audit trail records it. */
  toJson(value: Value): Json;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** One for each form of a value on the wire. */
export const SCHEMAS: { readonly [Form in ConditionForm]: Schema<FormValues[Form]> } = {
  timeWindows: {
    isReadable: (value): value is readonly TimeWindow[] =>
      Array.isArray(value) && value.every(isWindow),
    toJson: (windows) => windows.map(({ text }) => text),
  },
  names: { isReadable: isTexts, toJson: (names) => names },
  operations: {
    isReadable: (value): value is readonly Operation[] => isTexts(value),
    toJson: (operations) => operations,
  },
  duration: {
    isReadable: (value): value is number => Number.isSafeInteger(value),
    toJson: (ms) => ms,
  },
};
