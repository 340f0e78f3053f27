/** The current HTTP request, available anywhere in its asynchronous context without passing it as an argument. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin } from '../domain/approval.js';

export interface RequestContext extends Pick<Origin, 'request'> {
  /** The request's own span when traces are collected, else the traceparent that the client sent. */
  traceparent?: Origin['traceparent'];
  /** The authenticated principal. */
  principal?: string;
}

const contexts = new AsyncLocalStorage<RequestContext>();

export const withinRequest = <T>(context: RequestContext, work: () => T): T =>
  contexts.run(context, work);

export const currentRequest = (): RequestContext | undefined => contexts.getStore();

/** What a new approval stores about the request that asked for it. */
export function currentOrigin(): Origin | undefined {
  const context = contexts.getStore();
  return context && { request: context.request, traceparent: context.traceparent };
}
