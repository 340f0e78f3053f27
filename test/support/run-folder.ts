/** A folder for all that a run of the tests writes. It is removed however the run ends, killed included. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder of one run. */
export interface RunFolder {
  readonly path: string;
  /** Stops the servers that still run in it, `<run folder>/<folder of a test>/pg`, and removes it. */
  remove(): Promise<void>;
}

/** The shell sees the end of our pipe when we exit or are killed. Servers of killed tests stop by themselves, soon. */
const REAPER = `
read -r _
tries=0
while [ $tries -lt 100 ]; do
  found=
  for lock in "$1"/*/pg/postmaster.pid; do
    [ -e "$lock" ] || continue
    found=1
    server=$(head -n 1 "$lock")
    kill -INT "$server" 2>/dev/null && kill -CONT "$server" || rm -f "$lock"
  done
  [ "$found" ] || break
  sleep 0.05
  tries=$((tries + 1))
done
rm -rf "$1"`;

/** Makes the folder and the reaper that will remove it. */
export function makeRunFolder(): RunFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-test-'));
  const reaper = spawn('/bin/sh', ['-c', REAPER, 'reaper', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return { path: folder, remove };

  async function remove(): Promise<void> {
    reaper.stdin.end();
    await once(reaper, 'exit');
  }
}
