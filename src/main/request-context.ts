/** Which request is being worked on, wherever the work has got to: carried by the asynchronous context, and never by an argument. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin } from '../domain/approval.js';

export interface RequestContext extends Pick<Origin, 'request'> {
  /** Its own in a trace that is collected, else that of whoever sent it. */
  traceparent?: Origin['traceparent'];
  /** The principal whose key was good. */
  principal?: string;
}

const contexts = new AsyncLocalStorage<RequestContext>();

export const withinRequest = <T>(context: RequestContext, work: () => T): T =>
  contexts.run(context, work);

export const currentRequest = (): RequestContext | undefined => contexts.getStore();

/** What a new approval keeps of the request that asked for it. */
export function currentOrigin(): Origin | undefined {
  const context = contexts.getStore();
  return context && { request: context.request, traceparent: context.traceparent };
}
