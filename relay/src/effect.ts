/** Whether a message can change something in vsecure, so that repeating it after a broken connection needs care. */
import { isJSONRPCRequest, type JSONRPCMessage } from '@modelcontextprotocol/client';

export type Effect = 'none' | 'possible';

/** The tools of vsecure that only read. A test compares the list with what the server announces. */
export const READING_TOOLS: ReadonlySet<string> = new Set([
  'list-secrets',
  'explain-access',
  'wait-for-decision',
  'list-requests',
  'list-grants',
]);

/** Only tool calls change anything; an unknown tool is assumed to. */
export function effectOf(message: JSONRPCMessage): Effect {
  if (!isJSONRPCRequest(message) || message.method !== 'tools/call') return 'none';
  const name = message.params?.['name'];
  return typeof name === 'string' && READING_TOOLS.has(name) ? 'none' : 'possible';
}
