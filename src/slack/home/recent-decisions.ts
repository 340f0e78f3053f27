/** What a person decided lately, and how it came out. */

import type { KnownBlock } from '@slack/types';
import type { Verdict } from '../../domain/vocabulary.js';
import type { Decided } from '../../usecases/approvals/app-home.js';
import { shortNames } from '../format/resource-names.js';
import { code, context, moment, section } from '../format/text-objects.js';

const SAID: Record<Verdict, string> = { approve: 'You approved', deny: 'You denied' };

/** One section: a line holds about 200 characters, and there are few. */
export function decidedLines(decided: readonly Decided[]): KnownBlock[] {
  if (decided.length === 0) return [context('None yet.')];
  return [section(decided.map(decidedLine).join('\n'))];
}

function decidedLine({ approval, verdict }: Decided): string {
  const { operation, resources, requester, status } = approval;
  const when = status === 'pending' ? 'not settled yet' : `${status} ${moment(approval.settledAt)}`;
  return `${SAID[verdict]}: ${operation} ${code(shortNames(resources))} for ${code(requester.name)} · ${when}`;
}
