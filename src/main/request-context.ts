/** The current HTTP request, available anywhere in its asynchronous context without passing it as an argument. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin } from '../domain/approval.js';

export interface RequestContext extends Pick<Origin, 'request'> {
  /** The request's own span when traces are collected, else the traceparent that the client sent. */
  traceparent?: Origin['traceparent'];
  /** The authenticated principal. */
  principal?: string;
  /** A transaction of this request was committed. */
  changed?: boolean;
}

const contexts = new AsyncLocalStorage<RequestContext>();

export const withinRequest = <T>(context: RequestContext, work: () => T): T =>
  contexts.run(context, work);

export const currentRequest = (): RequestContext | undefined => contexts.getStore();

/** Records that a transaction of the current request was committed. */
export function recordCommit(): void {
  const context = contexts.getStore();
  if (context) context.changed = true;
}

/** Whether the current request has changed something, so that a later error cannot say that nothing happened. */
export const hasChanged = (): boolean => contexts.getStore()?.changed ?? false;

/** What a new approval stores about the request that asked for it. */
export function currentOrigin(): Origin | undefined {
  const context = contexts.getStore();
  return context && { request: context.request, traceparent: context.traceparent };
}
