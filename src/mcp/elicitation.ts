/**
 * The person at the tool, who can be asked where their client can show them something: elicitation. In the round trips of protocol
 * 2026-07-28 the question is the answer to the call, and the call comes again with theirs, so nothing is kept meanwhile. Clients of
 * older protocols are called back while the call waits (`calling-back.ts`); a tool does not see the difference.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */

import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ElicitRequestFormParams,
  type InputRequests,
  inputRequired,
  inputResponse,
  PROTOCOL_VERSION_META_KEY,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Shown, shownBy } from './client-capabilities.js';

/** What a tool answers when it needs the person's word first. */
export interface Question {
  readonly ask: InputRequests;
}

export type Fields = ElicitRequestFormParams['requestedSchema'];

/** What cannot be shown, or was answered already in whatever way, is undefined: then a plain answer must do. */
export interface Person {
  form(key: string, message: string, fields: Fields): Question | undefined;
  /** Offers an address to open. */
  opener(key: string): ((message: string, url: string) => Question) | undefined;
  /** What they wrote into a form, as far as it fits. As hostile as everything else that a client sends. */
  written<T extends z.ZodObject>(key: string, schema: T): z.output<T> | undefined;
}

/** Only a request of the newer protocol says which version it is of, and what its sender can do. */
const capable = z.object({
  [PROTOCOL_VERSION_META_KEY]: z.string(),
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.unknown() }),
});

/** What the sender of such a request can show. */
export const shownInEnvelope = (envelope: unknown): Shown =>
  shownBy(capable.safeParse(envelope).data?.[CLIENT_CAPABILITIES_META_KEY].elicitation);

/** `said` is what they answered so far. */
export function personAt(
  { forms, addresses }: Shown,
  said: ServerContext['mcpReq']['inputResponses'],
): Person {
  const open = (key: string) => inputResponse(said, key).kind === 'missing';
  return {
    form: (key, message, requestedSchema) =>
      forms && open(key)
        ? { ask: { [key]: inputRequired.elicit({ message, requestedSchema }) } }
        : undefined,
    opener: (key) =>
      addresses && open(key)
        ? (message, url) => ({ ask: { [key]: inputRequired.elicitUrl({ message, url }) } })
        : undefined,
    written: (key, schema) => schema.safeParse(acceptedContent(said, key)).data,
  };
}
