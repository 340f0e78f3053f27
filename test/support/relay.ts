/** The stdio form `mcp-server-vsecure`, as it is built. */

import { existsSync } from 'node:fs';
import path from 'node:path';

export const RELAY = path.resolve(import.meta.dirname, '../../relay/dist/bin.js');

/** Throws, saying what to do, when it is not built. */
export function needRelay(): void {
  if (!existsSync(RELAY)) throw new Error('build the relay first: npm run build --workspace relay');
}
