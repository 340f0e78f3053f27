/** Refuses a call of an unknown tool before the SDK sees it, because the SDK's error would repeat the name. */

import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';

const call = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal('tools/call'),
  params: z.object({ name: z.string() }),
});

/** The tool name in a call, known or unknown. Undefined for any other message. */
export const calledTool = (message: unknown) => call.safeParse(message).data?.params.name;

/** The error response to a call of an unknown tool. Undefined for any other message. */
export function refuseUnknownTool(message: unknown, names: ReadonlySet<string>) {
  const parsed = call.safeParse(message);
  if (!parsed.success || names.has(parsed.data.params.name)) return undefined;
  const error = { code: ProtocolErrorCode.InvalidParams, message: 'Unknown tool' };
  return { jsonrpc: '2.0', id: parsed.data.id, error } as const;
}
