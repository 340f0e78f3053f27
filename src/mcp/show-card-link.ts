/** Offers the user of the AI tool a link to the card of a pending request, once: the user may decide it or know who can. */

import type { ApprovalId } from '../domain/approval.js';
import type { Caller } from '../domain/rights.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import type { ToolUser, UserQuestion } from './tool-user.js';

/** Undefined when the request has no link, or the client cannot show one. */
export type ShowCardLink = (
  caller: Caller,
  id: ApprovalId,
  user: ToolUser,
) => Promise<UserQuestion | undefined>;

/** Requests whose link this process has offered. If it forgets one, or another process serves the call, the user sees the link again. */
const REMEMBERED = 1000;

const MESSAGE =
  'A person has to approve what your AI tool asks for. Open the request in Slack to decide it, or to see who can.';

export function createShowCardLink(waitForDecision: WaitForDecision): ShowCardLink {
  const offered = new Set<ApprovalId>();

  function remember(id: ApprovalId): void {
    offered.add(id);
    const [oldest] = offered;
    if (offered.size > REMEMBERED && oldest) offered.delete(oldest);
  }

  return async (caller, id, user) => {
    const offerLink = user.link('card');
    if (!offerLink || offered.has(id)) return undefined;
    const access = await waitForDecision(caller, id, { ms: 0 });
    const link = access.ok ? access.value.link : undefined;
    if (link === undefined) return undefined;
    remember(id);
    return offerLink(MESSAGE, link);
  };
}
