/** The folder of the server's socket. There is no TCP port: a user who can enter this folder can connect. */
import { mkdtempSync } from 'node:fs';
import { giveTo, privateFolder } from './private-folder.js';
import type { Identity } from './unprivileged.js';

/** Names the socket file only. */
export const PORT = 5432;

/** Bytes in the path of a socket: sun_path holds 104 on macOS and 108 on Linux, and PostgreSQL puts a lock file beside it. */
const PATH_MAX = 100;

/** A folder for the socket, and whether it is removed when the server stops. */
export interface SocketFolder {
  readonly path: string;
  readonly temporary: boolean;
}

/** Creates it beside the data directory or, where that path is too long for a socket, in /tmp. */
export function makeSocketFolder(dataDir: string, identity: Identity): SocketFolder {
  const beside = `${dataDir}-run`;
  if (Buffer.byteLength(`${beside}/.s.PGSQL.${PORT}.lock`) <= PATH_MAX)
    return { path: privateFolder(beside, identity), temporary: false };
  const folder = mkdtempSync('/tmp/vsecure-');
  giveTo(folder, identity);
  return { path: folder, temporary: true };
}
