/** The stdio form of vsecure's MCP server, for programs that run it in their own process. */
export { type ConfigResult, type RelayConfig, readConfig } from './config.js';
export type { Environment } from './key-source.js';
export { relayMain, type Surroundings } from './main.js';
export { type RelayOptions, runRelay } from './relay.js';
