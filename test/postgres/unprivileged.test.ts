/** PostgreSQL never runs as root, and root can still start it. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { binariesIn, findBinaries } from '../../src/postgres/binaries.js';
import { readableBinaries } from '../../src/postgres/readable-copy.js';
import { run } from '../../src/postgres/run.js';
import { unprivileged } from '../../src/postgres/unprivileged.js';
import { temporaryFolder } from '../support/folder.js';
import { newDataDir, query, start } from './support.js';

const NOBODY = { uid: 65_534, gid: 65_534 };

test('any user, root included, gets a server whose files belong to that user', async () => {
  const dataDir = newDataDir();
  const server = await start({ dataDir, durable: false });
  expect(await query(server, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  const { prefix, ids } = await unprivileged(dataDir);
  if (!ids) expect(statSync(dataDir).uid).toBe(process.getuid?.());
  expect(process.getuid?.() !== 0 || prefix.length > 0 || ids !== undefined).toBe(true);
});

// Only root can become another user, so there is nothing to check for other users.
if (process.getuid?.() === 0)
  describe('as root, for data that belongs to another user', () => {
    test('the server runs as that user', async () => {
      const dataDir = path.join(openFolder(), 'pg');
      mkdirSync(dataDir, { mode: 0o700 });
      chownSync(dataDir, NOBODY.uid, NOBODY.gid);
      const copied = existsSync(copyOfBinaries());
      const { pid, stop } = await start({ dataDir, durable: false });
      expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY.uid);
      await stop();
      if (!copied) rmSync(copyOfBinaries(), { recursive: true, force: true });
    });

    test('a folder that the user cannot reach is refused, and nothing is left in it', async () => {
      const dataDir = newDataDir();
      mkdirSync(dataDir);
      chownSync(dataDir, NOBODY.uid, NOBODY.gid);
      await expect(start({ dataDir })).rejects.toMatchObject({ code: 'unreachable_folder' });
      expect(existsSync(`${dataDir}.init-${process.pid}`)).toBe(false);
    });

    test('programs that the user cannot read are run from a copy that belongs to root', async () => {
      const copies = openFolder();
      const hidden = binariesIn(temporaryFolder('hidden'), '1.0.0');
      mkdirSync(path.dirname(hidden.postgres));
      writeFileSync(hidden.postgres, '#!/bin/sh\necho here\n', { mode: 0o755 });
      const identity = { prefix: [], ids: NOBODY };
      const { postgres } = await readableBinaries(hidden, identity, copies);
      expect(await run([postgres, '--version'], NOBODY)).toEqual({ ok: true, output: 'here' });
      expect(path.dirname(path.dirname(postgres))).toBe(
        path.join(copies, 'vsecure-postgres-1.0.0'),
      );
      expect(await readableBinaries(hidden, identity, copies)).toMatchObject({ postgres });
    });
  });

/** A folder that every user can enter. */
function openFolder(): string {
  const folder = temporaryFolder('open');
  chmodSync(path.dirname(folder), 0o711);
  chmodSync(folder, 0o711);
  return folder;
}

function copyOfBinaries(): string {
  return `/var/tmp/vsecure-postgres-${findBinaries().version}`;
}
