/** One of the named API keys sends the request. */

import { list } from '../describe-value.js';
import { added } from '../entries.js';
import { type Condition, listed } from './condition.js';
import { SCHEMAS } from './schema.js';

export const requester: Condition<'requester'> = {
  schema: SCHEMAS.names,
  evaluate: (names, question) =>
    names.includes(question.requester)
      ? { holds: true, text: `requested by ${question.requester}` }
      : {
          holds: false,
          text: `requested by ${question.requester}, which is not one of ${listed(names)}`,
        },
  widens: (before, after) => added(before, after).length > 0,
  describe: list,
  failureForAgents: 'this key is not one of those that the policy names',
};
