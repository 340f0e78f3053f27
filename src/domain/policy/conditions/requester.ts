/** One of the named API keys sends the request. An e-mail address names no key, so it never holds. */

import { canonicalRequesters, parseRequesterEntry } from '../../requester-entry.js';
import { list } from '../describe-value.js';
import { added } from '../entries.js';
import { type Condition, listed } from './condition.js';
import { SCHEMAS } from './schema.js';

export const requester: Condition<'requester'> = {
  schema: SCHEMAS.names,
  evaluate: (names, question) =>
    names.some((text) => isKey(text, question.requester))
      ? { holds: true, text: `requested by ${question.requester}` }
      : {
          holds: false,
          text: `requested by ${question.requester}, which is not one of ${listed(names)}${addressNote(names)}`,
        },
  widens: (before, after) =>
    added(canonicalRequesters(before), canonicalRequesters(after)).length > 0,
  describe: list,
  failureForAgents: 'this key is not one of those that the policy names',
};

function isKey(text: string, requesting: string): boolean {
  const entry = parseRequesterEntry(text);
  return entry.kind === 'key' && entry.name === requesting;
}

/** Earlier versions stored addresses here, which matched keys with the name of an address. */
function addressNote(names: readonly string[]): string {
  const address = names.find((text) => parseRequesterEntry(text).kind === 'owner');
  return address === undefined
    ? ''
    : ` (${address} is an e-mail address: name keys, with key: before such a name)`;
}
