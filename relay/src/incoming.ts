/** Parses one line of stdin: a JSON-RPC message, a cancellation, or the error to answer with. */
import {
  INVALID_REQUEST,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type JSONRPCResponse,
  PARSE_ERROR,
  type RequestId,
} from '@modelcontextprotocol/client';
import { errorResponse, type OwnError } from './fault.js';
import { LINE_MAX_BYTES, type Line } from './lines.js';

export type Incoming =
  | { readonly kind: 'request'; readonly message: JSONRPCRequest }
  | { readonly kind: 'cancel'; readonly requestId: RequestId | undefined }
  | { readonly kind: 'one-way'; readonly message: JSONRPCNotification | JSONRPCResponse }
  | { readonly kind: 'refused'; readonly answer: OwnError }
  | { readonly kind: 'blank' };

/** Reads one line of stdin. Never throws. */
export function readIncoming(line: Line): Incoming {
  if (line.kind === 'too-long')
    return refuse(INVALID_REQUEST, `a message may be at most ${LINE_MAX_BYTES} bytes long`);
  if (line.kind === 'not-utf8') return refuse(PARSE_ERROR, 'the message is not UTF-8');
  if (line.text.trim() === '') return { kind: 'blank' };
  try {
    return classify(JSON.parse(line.text));
  } catch {
    // The parser's error message quotes the line, which may hold a secret.
    return refuse(PARSE_ERROR, 'the line is not JSON: send one JSON-RPC message per line');
  }
}

function classify(value: unknown): Incoming {
  if (Array.isArray(value))
    return refuse(INVALID_REQUEST, 'MCP has no batches: send one message per line');
  if (isJSONRPCRequest(value)) return { kind: 'request', message: value };
  if (isJSONRPCNotification(value)) return cancelOf(value) ?? { kind: 'one-way', message: value };
  if (isJSONRPCResponse(value)) return { kind: 'one-way', message: value };
  return refuse(INVALID_REQUEST, 'this is not a JSON-RPC 2.0 message', requestIdOf(value));
}

function cancelOf({ method, params }: JSONRPCNotification): Incoming | undefined {
  if (method !== 'notifications/cancelled') return undefined;
  const requestId = params?.['requestId'];
  return { kind: 'cancel', requestId: isRequestId(requestId) ? requestId : undefined };
}

function refuse(code: number, message: string, id: RequestId | null = null): Incoming {
  return { kind: 'refused', answer: errorResponse(id, { code, message }) };
}

/** Only a message with a method is a request. The id of any other message may be one that the server chose. */
function requestIdOf(value: unknown): RequestId | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('method' in value) || !('id' in value)) return null;
  return isRequestId(value.id) ? value.id : null;
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isInteger(value);
}
