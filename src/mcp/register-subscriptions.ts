/**
 * `resources/subscribe` of protocol 2025-11-25 and older: a wish of the session, told on its stream (`session-stream.ts`).
 * https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions
 */

import type { Server } from '@modelcontextprotocol/server';
import type { ApprovalId } from '../domain/approval.js';
import { FOLLOWED_MAX, SUBSCRIPTIONS_PER_KEY, URI_MAX_BYTES } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { approvalIdIn } from './resources/approvals.js';
import type { Session } from './session.js';
import type { RequestContext } from './tool.js';

/** Any address is taken; requests of one's own are all that is ever told of. */
export function offerSubscriptions(
  server: Server,
  subscriptions: ManageSubscriptions,
  { caller, session }: RequestContext,
  note: (fault: unknown) => string,
): void {
  const take = (uri: string, work: (session: Session, id: ApprovalId) => Promise<void>) =>
    protocolAnswer(async () => {
      if (!session) throw NO_SESSION;
      if (uri.length > URI_MAX_BYTES) throw TOO_LONG;
      const id = approvalIdIn(uri);
      if (id) await work(session, id);
      return {};
    }, note);

  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) =>
    take(uri, async (of, id) => {
      const added = await subscriptions.add(caller, of.id, id);
      if (!added.ok) throw FORBIDDEN;
      if (!added.value) throw TOO_MANY;
    }),
  );

  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) =>
    take(uri, (of, id) => subscriptions.remove(caller, of.id, id)),
  );
}

const NO_SESSION = invalidParams(
  'One subscribes within a session: send the Mcp-Session-Id that initialize answered with',
);
const TOO_LONG = invalidParams(`A URI may have ${URI_MAX_BYTES} characters at most`);
const FORBIDDEN = invalidParams('This key may not ask for access, so it has no requests');
const TOO_MANY = invalidParams(
  `At most ${FOLLOWED_MAX} resources in a session, and ${SUBSCRIPTIONS_PER_KEY} for a key. Unsubscribe from one first`,
);
