/** Every condition of auto-approval. To add one: a file here, a line below, and its form in `CONDITION_FORMS` of `domain/vocabulary`. */

import type { ConditionName } from '../../vocabulary.js';
import type { Condition, ConditionOf } from './condition.js';
import { maxDuration } from './max-duration.js';
import { operations } from './operations.js';
import { requester } from './requester.js';
import type { ConditionValue } from './schema.js';
import { timeWindow } from './time-window.js';

const CONDITIONS = {
  timeWindow,
  requester,
  operations,
  maxDuration,
} satisfies { readonly [Name in ConditionName]: Condition<Name> };

/** An empty list can never hold; a condition that is absent need not. */
export type AutoApproveConditions = {
  readonly [Name in ConditionName]?: ConditionValue<Name> | undefined;
};

/** By name, in the order of reports. A reader checks a stored value by the schema before it passes it on. */
export const conditions: ReadonlyMap<string, ConditionOf<unknown>> = new Map<
  string,
  ConditionOf<unknown>
>(Object.entries(CONDITIONS));
