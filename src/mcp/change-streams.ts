/** Streams of change notifications (`subscriptions/listen`): who may open one, which requests it may name, and when it ends. */

import {
  ProtocolError,
  ProtocolErrorCode,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import { FOLLOWED_MAX, STREAM_MAX, STREAMS_PER_KEY } from '../domain/limits.js';
import { createSlots } from '../usecases/slots.js';
import {
  type ChangeStreamUseCases,
  createChangeEvents,
  type FollowedApprovals,
  startFollowing,
} from './change-events.js';
import { tasksNotDeclared } from './extensions.js';
import type { ReportFault } from './fault.js';
import type { ListenRequest } from './listen-request.js';
import { invalidParams } from './protocol-answer.js';
import type { RequestContext } from './tool.js';

/** A stream as the SDK serves it. */
export interface Stream {
  /** Resolves when the stream has ended, also when the client has disconnected or the SDK refused the stream. */
  readonly ended: Promise<void>;
  /** Ends the stream with a result that says so. */
  close(): Promise<void>;
}

/** Serves a stream until it ends, or returns the error to refuse it with. */
export type ServeChangeStream = (
  request: ListenRequest,
  requestContext: RequestContext,
  open: (bus: ServerEventBus) => Stream,
) => Promise<ProtocolError | undefined>;

/** The server ends a stream after `maxAgeMs` milliseconds. */
export function createChangeStreams(
  useCases: ChangeStreamUseCases,
  report: ReportFault,
  maxAgeMs = STREAM_MAX,
): ServeChangeStream {
  const slots = createSlots(STREAMS_PER_KEY);

  async function run(
    followed: FollowedApprovals,
    { caller, stopSignal }: RequestContext,
    open: Parameters<ServeChangeStream>[2],
  ) {
    const tooOld = new AbortController();
    const timer = setTimeout(() => tooOld.abort(), maxAgeMs);
    const until = AbortSignal.any([stopSignal, tooOld.signal]);
    const bus = createChangeEvents(followed, useCases, { caller, until, onEnd });
    const stream = open(bus);

    // Several followed approvals can end the stream; only the first one closes it.
    let ending = false;
    function onEnd(fault?: unknown): void {
      if (ending) return;
      ending = true;
      if (fault) report(fault, 'listening');
      void stream.close();
    }
    try {
      await stream.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  return async ({ uris, undeclaredTasks }, requestContext, open) => {
    if (!uris) return NO_LIST;
    if (undeclaredTasks) return tasksNotDeclared();
    if (uris.length > FOLLOWED_MAX) return TOO_MANY_RESOURCES;
    const release = slots.take(requestContext.caller.key.id);
    if (!release) return TOO_MANY_STREAMS;
    try {
      const followed = await startFollowing(useCases, requestContext.caller, uris);
      if (!followed) return NOT_OWN_REQUEST;
      await run(followed, requestContext, open);
      return undefined;
    } finally {
      release();
    }
  };
}

const NO_LIST = invalidParams('"notifications" must list the resources to be notified about');
const NOT_OWN_REQUEST = invalidParams(
  'You can only listen to your own requests. One of these does not exist or is not yours',
);
const TOO_MANY_RESOURCES = invalidParams(`At most ${FOLLOWED_MAX} resources in one subscription`);
/** The SDK uses the same code for this case. */
const TOO_MANY_STREAMS = new ProtocolError(
  ProtocolErrorCode.InternalError,
  `Subscription limit reached: this key may hold ${STREAMS_PER_KEY} at once. Close one first`,
);
