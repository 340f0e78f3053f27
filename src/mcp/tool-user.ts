/**
 * The user of the AI tool. A tool can ask the user something if the client supports elicitation. In protocol 2026-07-28 the answer to a
 * call is the question, and the client repeats the call with the user's answer, so the server keeps no state in between. For older
 * protocols the server sends the question while the call waits (`elicit-during-call.ts`). A tool does not see the difference.
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
import { type ElicitationSupport, elicitationSupportOf } from './elicitation-support.js';

/** What a tool answers when it needs an answer of the user first. */
export interface UserQuestion {
  readonly inputRequests: InputRequests;
}

export type FormFields = ElicitRequestFormParams['requestedSchema'];

/**
 * `form` and `link` return undefined when the client cannot show them, or when the user has already answered or dismissed the question
 * with this key. The tool then gives its plain answer.
 */
export interface ToolUser {
  form(key: string, message: string, fields: FormFields): UserQuestion | undefined;
  /** Returns a function that offers a link to open. */
  link(key: string): ((message: string, url: string) => UserQuestion) | undefined;
  /** What the user wrote into a form, if it matches the schema. It is as untrusted as all other input of a client. */
  formAnswer<T extends z.ZodObject>(key: string, schema: T): z.output<T> | undefined;
}

/** Only a request of the newer protocol states its version and the capabilities of its client. */
const envelopeWithCapabilities = z.object({
  [PROTOCOL_VERSION_META_KEY]: z.string(),
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.unknown() }),
});

/** What the client that sent such a request can show. */
export const elicitationSupportInEnvelope = (envelope: unknown): ElicitationSupport =>
  elicitationSupportOf(
    envelopeWithCapabilities.safeParse(envelope).data?.[CLIENT_CAPABILITIES_META_KEY].elicitation,
  );

/** `responses` holds the user's answers so far. */
export function createToolUser(
  { forms, links }: ElicitationSupport,
  responses: ServerContext['mcpReq']['inputResponses'],
): ToolUser {
  const isUnanswered = (key: string) => inputResponse(responses, key).kind === 'missing';
  return {
    form: (key, message, requestedSchema) =>
      forms && isUnanswered(key)
        ? { inputRequests: { [key]: inputRequired.elicit({ message, requestedSchema }) } }
        : undefined,
    link: (key) =>
      links && isUnanswered(key)
        ? (message, url) => ({
            inputRequests: { [key]: inputRequired.elicitUrl({ message, url }) },
          })
        : undefined,
    formAnswer: (key, schema) => schema.safeParse(acceptedContent(responses, key)).data,
  };
}
