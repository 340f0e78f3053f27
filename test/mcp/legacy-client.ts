/** Requests of protocol 2025-11-25 as a program without an SDK would send them, for what the SDK's clients have no words for. */

export interface Sender {
  /** Of the server, with `/mcp`. */
  readonly url: string;
  readonly token: string;
  /** The id of its session, once it has one. */
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

/** The sender with a session of its own. */
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

/** Asks for the stream of the session. */
export const openStream = (sender: Sender, signal?: AbortSignal) =>
  fetch(sender.url, { headers: headersOf(sender), ...(signal && { signal }) });

/** The messages of an event stream, one after another, until it ends. */
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
