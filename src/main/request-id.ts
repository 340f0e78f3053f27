/** The id of a request: the client's own when it has the form of an id, else a new one. No other header text reaches the log. */

import type { Origin } from '../domain/approval.js';

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** 32 hexadecimal digits or a UUID: a key, a name or a sentence cannot have this form. */
const REQUEST_ID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** `X-Request-Id` takes precedence over the trace id. */
export function requestOrigin(header: (name: string) => string | undefined): Origin {
  const traceparent = header('traceparent');
  const trace = TRACEPARENT.exec(traceparent ?? '')?.[1];
  const own = header('x-request-id');
  const request = own !== undefined && REQUEST_ID.test(own) ? own : (trace ?? newRequestId());
  return { request, traceparent: trace && traceparent };
}

export const newRequestId = (): string => crypto.randomUUID().replaceAll('-', '');
