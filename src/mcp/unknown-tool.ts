/** A call of a tool that does not exist, found before the SDK sees it: its own refusal would repeat the name. */

import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';

const call = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal('tools/call'),
  params: z.object({ name: z.string() }),
});

/** The name in a call, whether or not there is such a tool; undefined when the message is anything else. */
export const calledTool = (message: unknown) => call.safeParse(message).data?.params.name;

/** The answer to it, or undefined when the message is anything else. */
export function refuseUnknownTool(message: unknown, names: ReadonlySet<string>) {
  const read = call.safeParse(message);
  if (!read.success || names.has(read.data.params.name)) return undefined;
  const error = { code: ProtocolErrorCode.InvalidParams, message: 'There is no such tool' };
  return { jsonrpc: '2.0', id: read.data.id, error } as const;
}
