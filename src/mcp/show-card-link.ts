/** The card of a pending request, offered once to the person at the tool: they may be the one to decide it, or know who is. */

import type { ApprovalId } from '../domain/approval.js';
import type { Caller } from '../domain/rights.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import type { Person, Question } from './elicitation.js';

/** Undefined: there is nothing to offer, or nobody to offer it to. */
export type OfferCard = (
  caller: Caller,
  id: ApprovalId,
  person: Person,
) => Promise<Question | undefined>;

/** Requests that are remembered. Another process, or a later one, asks once more; that is all it costs to forget. */
const REMEMBERED = 1000;

const WORDS =
  'A person has to approve what your AI tool asks for. The request is in Slack: open it there to decide it, or to see whom to ask.';

export function createOfferCard(waitForDecision: WaitForDecision): OfferCard {
  const offered = new Set<ApprovalId>();

  function remember(id: ApprovalId): void {
    offered.add(id);
    const [oldest] = offered;
    if (offered.size > REMEMBERED && oldest) offered.delete(oldest);
  }

  return async (caller, id, person) => {
    const open = person.opener('card');
    if (!open || offered.has(id)) return undefined;
    const seen = await waitForDecision(caller, id, { ms: 0 });
    const link = seen.ok ? seen.value.link : undefined;
    if (link === undefined) return undefined;
    remember(id);
    return open(WORDS, link);
  };
}
