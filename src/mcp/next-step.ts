/** The hint in a result or a refusal: which tool to call next, and with which arguments. */

import { z } from 'zod';

/** All tools, in the order in which an agent uses them. */
export const TOOL_NAMES = [
  'list-secrets',
  'explain-access',
  'request-access',
  'wait-for-decision',
  'cancel-request',
  'list-requests',
  'read-secret',
  'create-secret',
  'update-secret',
  'rotate-secret',
  'delete-secret',
  'list-grants',
  'release-grant',
  'query-audit-log',
  'list-api-keys',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** `arguments` may be incomplete: the agent must always write the reason itself. */
export interface Next {
  readonly tool: ToolName;
  readonly arguments: Record<string, unknown>;
}

/** The field `next` of an output schema. */
export const next = z
  .object({ tool: z.enum(TOOL_NAMES), arguments: z.record(z.string(), z.unknown()) })
  .describe('The call to make next.');
