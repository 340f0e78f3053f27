/**
 * Registers `resources/subscribe` of protocol 2025-11-25 and older. The notifications go to the stream of the session
 * (`session-stream.ts`).
 * https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions
 */

import type { Server } from '@modelcontextprotocol/server';
import type { ApprovalId } from '../domain/approval.js';
import { FOLLOWED_MAX, URI_MAX_BYTES } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import type { ReportedFault } from './fault.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { approvalIdIn } from './resources/approvals.js';
import type { Session } from './session.js';
import type { RequestContext } from './tool.js';

export type ChangeSubscriptions = Pick<ManageSubscriptions, 'add' | 'remove'>;

/** Accepts any URI; only the caller's own requests ever cause a notification. */
export function registerSubscriptions(
  server: Server,
  subscriptions: ChangeSubscriptions,
  { caller, session }: RequestContext,
  report: (fault: unknown) => ReportedFault,
): void {
  const answerFor = (uri: string, work: (session: Session, id: ApprovalId) => Promise<void>) =>
    protocolAnswer(async () => {
      if (!session) throw NO_SESSION;
      if (uri.length > URI_MAX_BYTES) throw TOO_LONG;
      const id = approvalIdIn(uri);
      if (id) await work(session, id);
      return {};
    }, report);

  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) =>
    answerFor(uri, async (current, id) => {
      const added = await subscriptions.add(caller, current.id, id);
      if (!added.ok) throw FORBIDDEN;
      if (!added.value) throw TOO_MANY;
    }),
  );

  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) =>
    answerFor(uri, (current, id) => subscriptions.remove(caller, current.id, id)),
  );
}

const NO_SESSION = invalidParams(
  'A subscription needs a session: send the Mcp-Session-Id header that initialize returned',
);
const TOO_LONG = invalidParams(`A URI may have at most ${URI_MAX_BYTES} characters`);
const FORBIDDEN = invalidParams('This key may not request access, so it has no requests');
const TOO_MANY = invalidParams(
  `At most ${FOLLOWED_MAX} resources in a session. Unsubscribe from one first`,
);
