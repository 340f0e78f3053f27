/** The stdio form of vsecure's MCP server, for programs that run it in their own process. */
export { type CheckedItem, type CheckOptions, check } from './check.js';
export { type ConfigResult, type RelayConfig, readConfig } from './config.js';
export { PROTOCOLS, type Protocol } from './handshake.js';
export { type Environment, type KeyResult, readKey } from './key-source.js';
export { relayMain, type Surroundings } from './main.js';
export { type RelayOptions, runRelay, serverAt } from './relay.js';
