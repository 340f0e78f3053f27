/** The hint that a result or a refusal can carry: which tool to call next, and with which arguments. */

import { z } from 'zod';

/** Every tool, in the order in which an agent meets them. */
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

/** `arguments` may be incomplete: a reason is always the agent's own to give. */
export interface Next {
  readonly tool: ToolName;
  readonly arguments: Record<string, unknown>;
}

/** `next` in an output schema. */
export const next = z
  .object({ tool: z.enum(TOOL_NAMES), arguments: z.record(z.string(), z.unknown()) })
  .describe('The call to make next.');
