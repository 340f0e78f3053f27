/**
 * The session of a client of protocol 2025-11-25 or older. The session id holds what the client reported about itself in `initialize`. The
 * client sends the id with every request, so every process knows it and no process stores it. The id grants no rights and is not signed: a
 * client that changes it misleads only itself.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */

import { z } from 'zod';
import type { SessionId } from '../ports/index.js';
import { clientName } from './claimed-client.js';
import { type ElicitationSupport, elicitationSupportOf } from './elicitation-support.js';

export interface Session {
  readonly id: SessionId;
  /** The name that the client reports about itself. */
  readonly client?: string | undefined;
  /** What the client can show to its user. */
  readonly elicitation: ElicitationSupport;
}

export const SESSION_HEADER = 'mcp-session-id';
/** Characters: a name of 200 characters, four bytes each, in base64, and the rest. */
const HEADER_MAX = 1500;

const initialize = z.object({
  method: z.literal('initialize'),
  params: z.object({
    capabilities: z.object({ elicitation: z.unknown().optional() }).optional(),
    clientInfo: z.object({ name: clientName.optional().catch(undefined) }).optional(),
  }),
});

/** What the session id encodes. The field names stay as they are: clients hold ids that an earlier release issued. */
const reported = z.object({
  client: clientName.optional(),
  shows: z.object({ forms: z.boolean(), addresses: z.boolean() }),
});

/** The session id to answer an `initialize` message with. Undefined for any other message. */
export function sessionIdFor(message: unknown, newSession: () => SessionId): string | undefined {
  const parsed = initialize.safeParse(message).data;
  if (!parsed) return undefined;
  const { capabilities, clientInfo } = parsed.params;
  const { forms, links } = elicitationSupportOf(capabilities?.elicitation);
  const report: z.output<typeof reported> = {
    client: clientInfo?.name,
    shows: { forms, addresses: links },
  };
  return `${newSession()}.${Buffer.from(JSON.stringify(report)).toString('base64url')}`;
}

const HEADER = /^(?<id>sess_[0-9A-Za-z]{22})\.(?<encoded>[\w-]+)$/;

/** Undefined for an id that this server does not recognise, as if the client had sent none. */
export function readSession(header: string | readonly string[] | undefined): Session | undefined {
  if (typeof header !== 'string' || header.length > HEADER_MAX) return undefined;
  const { id, encoded = '' } = HEADER.exec(header)?.groups ?? {};
  if (id === undefined) return undefined;
  const report = reported.safeParse(decodeJson(encoded)).data;
  if (!report) return undefined;
  const { client, shows } = report;
  return {
    id: id as SessionId,
    client,
    elicitation: { forms: shows.forms, links: shows.addresses },
  };
}

function decodeJson(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
