/** The request is for one of the operations. */

import { list } from '../describe-value.js';
import { added } from '../entries.js';
import { type Condition, listed } from './condition.js';
import { SCHEMAS } from './schema.js';

export const operations: Condition<'operations'> = {
  schema: SCHEMAS.operations,
  evaluate: (allowed, { operation }) =>
    allowed.includes(operation)
      ? { holds: true, text: `${operation} requested` }
      : { holds: false, text: `${operation} requested, only ${listed(allowed)}` },
  widens: (before, after) => added(before, after).length > 0,
  describe: list,
};
