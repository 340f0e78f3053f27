/** Lets through what belongs to one exchange, its response at most once and nothing after an abort. */
import {
  isJSONRPCErrorResponse,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type JSONRPCResponse,
  type RequestId,
  SdkHttpError,
} from '@modelcontextprotocol/client';

export interface Answer {
  /** Takes a message that came back. A response to anything but this exchange's request is dropped. */
  take(message: JSONRPCMessage): void;
  /** Takes the JSON-RPC error in the body of a refused POST, if there is one: vsecure's own words are the most exact. */
  takeRefusal(error: unknown): void;
  isAnswered(): boolean;
}

/** `id` is that of the request, or undefined for a message that gets no response. */
export function createAnswer(
  id: RequestId | undefined,
  signal: AbortSignal,
  deliver: (message: JSONRPCMessage) => void,
): Answer {
  let answered = false;

  function take(message: JSONRPCMessage): void {
    if (signal.aborted) return;
    if (!isJSONRPCResponse(message)) deliver(message);
    else if (!answered && id !== undefined && isAbout(id, message)) {
      answered = true;
      deliver({ ...message, id });
    }
  }

  return {
    take,
    takeRefusal(error) {
      if (!(error instanceof SdkHttpError) || !CARRIES_ERRORS.has(error.status)) return;
      const body = withoutNullId(parseJson(error.data['text']));
      if (isJSONRPCErrorResponse(body)) take(body);
    },
    isAnswered: () => answered,
  };
}

/** An error without an id is about this request: nothing else was posted with it. */
function isAbout(id: RequestId, response: JSONRPCResponse): boolean {
  return response.id === id || response.id === undefined;
}

/** Statuses with which MCP servers carry JSON-RPC errors. 401, 403 and 429 are about the key: the relay knows more. */
const CARRIES_ERRORS = new Set([400, 404, 405, 406, 409, 413, 415, 422]);

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** JSON-RPC writes `id: null` where the request was not understood; MCP's schema leaves the id out. */
function withoutNullId(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('id' in value) || value.id !== null) return value;
  const { id: _null, ...rest } = value;
  return rest;
}
