/** A person's latest votes, and the outcome of each request. */

import type { KnownBlock } from '@slack/types';
import type { Verdict } from '../../domain/vocabulary.js';
import type { Decided } from '../../usecases/approvals/app-home.js';
import { statusWord } from '../cards/wording.js';
import { shortNames } from '../format/resource-names.js';
import { ago, code, context, section } from '../format/text-objects.js';

const VOTED: Record<Verdict, string> = {
  approve: 'You approved',
  deny: 'You denied or sent back',
};

/** One section: a line holds about 200 characters, and there are few. */
export function decidedLines(decided: readonly Decided[]): KnownBlock[] {
  if (decided.length === 0) return [context('None yet.')];
  return [section(decided.map(decidedLine).join('\n'))];
}

function decidedLine({ approval, verdict }: Decided): string {
  const { operation, resources, requester, status } = approval;
  const outcome =
    status === 'pending' ? 'still pending' : `${statusWord(approval)} ${ago(approval.settledAt)}`;
  return `${VOTED[verdict]}: ${operation} ${code(shortNames(resources))}, asked by ${code(requester.name)}: ${outcome}`;
}
