/** Passes on the messages of one exchange: its response at most once, and nothing after an abort. */
import {
  isJSONRPCErrorResponse,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type JSONRPCResponse,
  type RequestId,
  SdkHttpError,
} from '@modelcontextprotocol/client';

export interface Answer {
  /** Takes a message from the server. Drops a response to any request but this exchange's. */
  take(message: JSONRPCMessage): void;
  /** Takes the JSON-RPC error in the body of a refused POST, if there is one: vsecure's own message is the most precise. */
  takeRefusal(error: unknown): void;
  isAnswered(): boolean;
}

/** `id` is the id of the request, or undefined for a message that gets no response. */
export function createAnswer(
  id: RequestId | undefined,
  signal: AbortSignal,
  deliver: (message: JSONRPCMessage) => void,
): Answer {
  let answered = false;

  function take(message: JSONRPCMessage): void {
    if (signal.aborted) return;
    if (!isJSONRPCResponse(message)) deliver(message);
    else if (!answered && id !== undefined && answers(id, message)) {
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

/** An error without an id belongs to this request: the POST carried no other. */
function answers(id: RequestId, response: JSONRPCResponse): boolean {
  return response.id === id || response.id === undefined;
}

/** Statuses whose body can be a JSON-RPC error. 401, 403 and 429 concern the key, and the relay's own message explains more. */
const CARRIES_ERRORS = new Set([400, 404, 405, 406, 409, 413, 415, 422]);

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** JSON-RPC writes `id: null` when the server could not read the request; MCP's schema omits the id. */
function withoutNullId(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('id' in value) || value.id !== null) return value;
  const { id: _null, ...rest } = value;
  return rest;
}
