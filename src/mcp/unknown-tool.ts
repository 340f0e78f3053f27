/** Refuses a call of an unknown tool. The SDK's own error would repeat the name. */

import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';

const call = z.object({ method: z.literal('tools/call'), params: z.object({ name: z.string() }) });

/** The tool name in a call, known or unknown. Undefined for any other message. */
export const calledTool = (message: unknown) => call.safeParse(message).data?.params.name;

/** Answers every call on this server, after the SDK has compared the headers of the request with its body. */
export function refuseEveryTool({ server }: McpServer): void {
  server.setRequestHandler('tools/call', () => {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool');
  });
}
