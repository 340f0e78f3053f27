/** Sends requests of protocol 2025-11-25 without an SDK, for requests that the SDK's clients cannot make. */

export interface Sender {
  /** The URL of the server, with `/mcp`. */
  readonly url: string;
  readonly token: string;
  /** The session id, once there is a session. */
  readonly session?: string;
}

export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly message?: string; readonly uri?: string };
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

const headersOf = ({ token, session }: Sender) => ({
  authorization: `Bearer ${token}`,
  accept: 'application/json, text/event-stream',
  ...(session && { 'mcp-session-id': session }),
});

/** Posts one message. */
export const send = (sender: Sender, message: object, signal?: AbortSignal) =>
  fetch(sender.url, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    headers: { ...headersOf(sender), 'content-type': 'application/json' },
    ...(signal && { signal }),
  });

/** The one response to a request. */
export async function ask(sender: Sender, message: object): Promise<Message> {
  const answer = await send(sender, { id: 1, ...message });
  for await (const one of messagesOf(answer)) return one;
  throw new Error(`answered with ${answer.status} and no message`);
}

/** Initializes a session and returns the sender with it. */
export async function initialized(
  sender: Sender,
  capabilities: object = {},
  name = 'a test',
): Promise<Sender & { readonly session: string }> {
  const clientInfo = { name, version: '0' };
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo };
  const answer = await send(sender, { id: 0, method: 'initialize', params });
  await answer.text();
  return { ...sender, session: answer.headers.get('mcp-session-id') ?? '' };
}

/** Opens the stream of the session. */
export const openStream = (sender: Sender, signal?: AbortSignal) =>
  fetch(sender.url, { headers: headersOf(sender), ...(signal && { signal }) });

/** The messages of an event stream, until it ends. */
export async function* messagesOf(answer: Response): AsyncGenerator<Message, undefined> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.+)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data) yield JSON.parse(data);
    }
  }
  return undefined;
}
