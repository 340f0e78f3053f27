/** Reads the lock file that a running PostgreSQL keeps in its data directory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A server that runs, or ran, on a data directory. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** The folder that holds its socket. */
  readonly host: string;
}

/** Reads `postmaster.pid` (PostgreSQL's miscadmin.h numbers its lines); undefined without a server or while it starts. */
export function running(dataDir: string): Running | undefined {
  const [pid, , , port, host] = lines(path.join(dataDir, 'postmaster.pid'));
  return pid && port && host ? { pid: Number(pid), port: Number(port), host } : undefined;
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
