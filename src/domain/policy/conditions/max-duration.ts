/** The request asks for no longer than this. */

import { formatDuration } from '../../duration.js';
import { duration as describe } from '../describe-value.js';
import type { Condition } from './condition.js';
import { SCHEMAS } from './schema.js';

export const maxDuration: Condition<'maxDuration'> = {
  schema: SCHEMAS.duration,
  evaluate: (longest, { duration }) => ({
    holds: duration <= longest,
    text: `${formatDuration(duration)} requested, at most ${formatDuration(longest)}`,
  }),
  widens: (before, after) => after > before,
  describe,
};
