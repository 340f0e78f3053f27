/** `import { MCPServer, generateSecureToken } from 'vsecure/mcp'`. */

export type { ToolCall } from '../tool-call.js';
export {
  MCPServer,
  type MCPServerOptions,
  type ToolHandler,
  type ToolOptions,
  type ToolSchema,
} from './mcp-server.js';
export { generateSecureToken } from './secure-token.js';
export type { Listening } from './stdio.js';
