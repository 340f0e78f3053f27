/** The events of one change stream: changes to the caller's own requests since the client opened the stream. */

import type { ServerEventBus } from '@modelcontextprotocol/server';
import type { ApprovalId } from '../domain/approval.js';
import type { Caller } from '../domain/rights.js';
import { accessState } from '../usecases/approvals/follow-approval.js';
import type { UseCases } from '../usecases/index.js';
import { approvalIdIn } from './resources/approvals.js';

/** The use cases behind a stream. None of them changes anything. */
export type ChangeStreamUseCases = Pick<UseCases, 'waitForDecision' | 'followApproval'>;

/** By URI: the approval, and its state when the client opened the stream. */
export type FollowedApprovals = ReadonlyMap<
  string,
  { readonly id: ApprovalId; readonly since: string }
>;

/** Undefined when a URI names no request of the caller, so that the caller cannot learn whether it exists. */
export async function startFollowing(
  { waitForDecision }: Pick<ChangeStreamUseCases, 'waitForDecision'>,
  caller: Caller,
  uris: readonly string[],
): Promise<FollowedApprovals | undefined> {
  const followed = new Map<string, { id: ApprovalId; since: string }>();
  for (const uri of uris) {
    const id = approvalIdIn(uri);
    const answer = id && (await waitForDecision(caller, id, { ms: 0 }));
    if (!id || !answer?.ok) return undefined;
    followed.set(uri, { id, since: accessState(answer.value) });
  }
  return followed;
}

export interface StreamOptions {
  readonly caller: Caller;
  /** Aborts when the stream has to end. */
  readonly until: AbortSignal;
  /** Called when `until` aborts, when the caller may no longer see a request, and with the error when one occurs. */
  readonly onEnd: (fault?: unknown) => void;
}

/**
 * The changes as an SDK event bus. Each stream has its own bus, so that no event of another caller can reach it. The SDK
 * subscribes once it has accepted the stream, and unsubscribes whenever the stream ends.
 */
export function createChangeEvents(
  followed: FollowedApprovals,
  { followApproval }: Pick<ChangeStreamUseCases, 'followApproval'>,
  { caller, until, onEnd }: StreamOptions,
): ServerEventBus {
  return {
    // The SDK publishes to this bus too. The stream sends only changes of the followed approvals.
    publish: () => {},
    subscribe(send) {
      const unsubscribed = new AbortController();
      const { signal } = unsubscribed;
      until.addEventListener('abort', () => onEnd(), { signal });
      // The SDK can end a stream only after `subscribe` has returned.
      if (until.aborted) queueMicrotask(onEnd);
      for (const [uri, { id, since }] of followed) {
        const onChange = () => send({ kind: 'resource_updated', uri });
        followApproval(caller, id, { since, onChange, signal }).then(
          (answer) => !answer.ok && onEnd(),
          onEnd,
        );
      }
      return () => unsubscribed.abort();
    },
  };
}
