/** Streams of changes: who may have one, about what, and when it ends. */

import {
  ProtocolError,
  ProtocolErrorCode,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import { FOLLOWED_MAX, STREAM_MAX, STREAMS_PER_KEY } from '../domain/limits.js';
import { tasksNotDeclared } from './extensions.js';
import type { ReportFault } from './fault.js';
import {
  createBusOf,
  type Followed,
  type FollowingUseCases,
  lookAtAll,
} from './followed-approvals.js';
import type { ListenRequest } from './listen-request.js';
import { invalidParams } from './protocol-answer.js';
import { createPlaces } from './slots.js';
import type { RequestContext } from './tool.js';

/** A stream as the SDK serves it. */
export interface Stream {
  /** Resolves when it has ended, also when the client is gone or the SDK refused it. */
  readonly over: Promise<void>;
  /** Ends it with the result that says so. */
  close(): Promise<void>;
}

/** Serves a stream to its end, or answers with what to refuse it with. */
export type Listening = (
  asked: ListenRequest,
  requestContext: RequestContext,
  begin: (bus: ServerEventBus) => Stream,
) => Promise<ProtocolError | undefined>;

/** `lasting`: milliseconds after which a stream is ended. */
export function createListening(
  useCases: FollowingUseCases,
  report: ReportFault,
  lasting = STREAM_MAX,
): Listening {
  const places = createPlaces(STREAMS_PER_KEY);

  async function run(
    followed: Followed,
    requestContext: RequestContext,
    begin: Parameters<Listening>[2],
  ) {
    const tooOld = new AbortController();
    const timer = setTimeout(() => tooOld.abort(), lasting);
    const until = AbortSignal.any([requestContext.leaving, tooOld.signal]);
    const bus = createBusOf(followed, useCases, { caller: requestContext.caller, until, onEnd });
    const stream = begin(bus);

    // Once is enough: what ends one of them ends all.
    let ending = false;
    function onEnd(fault?: unknown): void {
      if (ending) return;
      ending = true;
      if (fault) report(fault, 'listening');
      void stream.close();
    }
    try {
      await stream.over;
    } finally {
      clearTimeout(timer);
    }
  }

  return async ({ uris, undeclaredTasks }, requestContext, begin) => {
    if (!uris) return NO_LIST;
    if (undeclaredTasks) return tasksNotDeclared();
    if (uris.length > FOLLOWED_MAX) return TOO_MANY_RESOURCES;
    const leave = places.take(requestContext.caller.key.id);
    if (!leave) return TOO_MANY_STREAMS;
    try {
      const followed = await lookAtAll(useCases, requestContext.caller, uris);
      if (!followed) return NOT_YOURS;
      await run(followed, requestContext, begin);
      return undefined;
    } finally {
      leave();
    }
  };
}

const NO_LIST = invalidParams('"notifications" must say what to be told about');
const NOT_YOURS = invalidParams(
  'Only requests of your own can be listened to, and one of these is not, or does not exist',
);
const TOO_MANY_RESOURCES = invalidParams(`At most ${FOLLOWED_MAX} resources in one subscription`);
/** The code that the SDK itself has for this. */
const TOO_MANY_STREAMS = new ProtocolError(
  ProtocolErrorCode.InternalError,
  `Subscription limit reached: this key may hold ${STREAMS_PER_KEY} at once. Close one first`,
);
