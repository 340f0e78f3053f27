/**
 * What a client of protocol 2025-11-25 or older said of itself once, in `initialize`, given back to it as the id of its session: it says
 * it again with every request, so that any process knows and none remembers. It gives no right, so it is not signed: a client that
 * changes it misleads only itself.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */

import { z } from 'zod';
import type { SessionId } from '../ports/index.js';
import { clientName } from './claimed-client.js';
import { type Shown, shownBy } from './client-capabilities.js';

export interface Session {
  readonly id: SessionId;
  /** The client's own word for itself. */
  readonly client?: string | undefined;
  /** What it can show to its person. */
  readonly shows: Shown;
}

export const SESSION_HEADER = 'mcp-session-id';
/** Characters: a name of 200, four bytes each, in base64, and the rest. */
const HEADER_MAX = 1500;

const initialize = z.object({
  method: z.literal('initialize'),
  params: z.object({
    capabilities: z.object({ elicitation: z.unknown().optional() }).optional(),
    clientInfo: z.object({ name: clientName.optional().catch(undefined) }).optional(),
  }),
});

/** What the answer to this message gives as the id of a session. Undefined when the message opens none. */
export function sessionOpenedBy(message: unknown, newSession: () => SessionId): string | undefined {
  const read = initialize.safeParse(message).data;
  if (!read) return undefined;
  const { capabilities, clientInfo } = read.params;
  const said = { client: clientInfo?.name, shows: shownBy(capabilities?.elicitation) };
  return `${newSession()}.${Buffer.from(JSON.stringify(said)).toString('base64url')}`;
}

const HEADER = /^(?<id>sess_[0-9A-Za-z]{22})\.(?<said>[\w-]+)$/;
const said = z.object({
  client: clientName.optional(),
  shows: z.object({ forms: z.boolean(), addresses: z.boolean() }),
});

/** Undefined for an id that is not one of ours, as if none had been sent. */
export function readSession(header: string | readonly string[] | undefined): Session | undefined {
  if (typeof header !== 'string' || header.length > HEADER_MAX) return undefined;
  const { id, said: text = '' } = HEADER.exec(header)?.groups ?? {};
  if (id === undefined) return undefined;
  const read = said.safeParse(jsonIn(text)).data;
  return read && { id: id as SessionId, ...read };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
