/** What a stream of changes tells about: requests of the caller's own, and how each stood when the stream was asked for. */

import type { ServerEventBus } from '@modelcontextprotocol/server';
import type { ApprovalId } from '../domain/approval.js';
import type { Caller } from '../domain/rights.js';
import { accessState } from '../usecases/approvals/follow-approval.js';
import type { UseCases } from '../usecases/index.js';
import { approvalIdIn } from './resources/approvals.js';

/** The verbs behind a stream. They only look. */
export type FollowingUseCases = Pick<UseCases, 'waitForDecision' | 'followApproval'>;

/** By address, how it stands. */
export type Followed = ReadonlyMap<string, { readonly id: ApprovalId; readonly since: string }>;

/** Undefined when one of them is no request of the caller's own: nobody can tell whether it exists. */
export async function lookAtAll(
  { waitForDecision }: FollowingUseCases,
  caller: Caller,
  uris: readonly string[],
): Promise<Followed | undefined> {
  const followed = new Map<string, { id: ApprovalId; since: string }>();
  for (const uri of uris) {
    const id = approvalIdIn(uri);
    const answer = id && (await waitForDecision(caller, id, { ms: 0 }));
    if (!id || !answer?.ok) return undefined;
    followed.set(uri, { id, since: accessState(answer.value) });
  }
  return followed;
}

export interface SendResult {
  readonly caller: Caller;
  /** Aborts when the stream has to end. */
  readonly until: AbortSignal;
  /** Called then, and when the caller may be told nothing more, with a fault if that is why. */
  readonly onEnd: (fault?: unknown) => void;
}

/**
 * The changes as the SDK wants them: one bus for one stream, so that nothing of another caller's can ever pass through it. The
 * SDK subscribes once it has accepted the stream, and takes itself off when the stream ends, however that comes about.
 */
export function createBusOf(
  followed: Followed,
  { followApproval }: FollowingUseCases,
  { caller, until, onEnd }: SendResult,
): ServerEventBus {
  return {
    // Nothing is told but what is followed.
    publish: () => {},
    subscribe(tell) {
      const over = new AbortController();
      const { signal } = over;
      until.addEventListener('abort', () => onEnd(), { signal });
      // The SDK can end a stream only after this has returned.
      if (until.aborted) queueMicrotask(onEnd);
      for (const [uri, { id, since }] of followed) {
        const onChange = () => tell({ kind: 'resource_updated', uri });
        followApproval(caller, id, { since, onChange, signal }).then(
          (answer) => !answer.ok && onEnd(),
          onEnd,
        );
      }
      return () => over.abort();
    },
  };
}
