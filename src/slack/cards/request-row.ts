/** One request in a list: in the App Home, in a digest and in its review. The question, the signals and their order are those of its card. */

import { code } from '../format/text-objects.js';
import { deadline } from './fact-blocks.js';
import { emailName } from './mentions.js';
import { signalLines } from './signal-blocks.js';
import { decideElsewhere, type ListedRequest, rowTitle } from './wording.js';

/** What is asked, by which key, and what to check. `where`: the button that shows the other signals. */
export function requestRow(facts: ListedRequest, where?: string): string {
  const { name, ownerEmail } = facts.approval.requester;
  return [
    rowTitle(facts),
    `API key ${code(name)} of ${emailName(ownerEmail)}`,
    ...signalLines(facts.signals, where),
  ].join('\n');
}

/** The same with the deadline, for a row with buttons of its own. */
export function decidableRow(facts: ListedRequest): string {
  const { approval, policy } = facts;
  const elsewhere = policy && !policy.decideFrom.includes('slack');
  const where = elsewhere ? [decideElsewhere(policy.decideFrom)] : [];
  return [requestRow(facts), deadline(approval), ...where].join('\n');
}
