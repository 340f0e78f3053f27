/** The stdio form `mcp-server-vsecure`, as it is built. */

import path from 'node:path';

export const RELAY = path.resolve(import.meta.dirname, '../../relay/dist/bin.js');
