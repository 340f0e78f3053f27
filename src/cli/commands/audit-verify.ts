/** `mcp:audit:verify`: checks that the audit trail is complete and matches an earlier checkpoint. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Checkpoint } from '../../sdk/index.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import type { Io } from '../io.js';

const HELP = `
Each event's hash covers the event before it. The command fetches all events and computes every hash again on this machine, so that it
finds an event that was changed, removed or inserted in the database. It exits with 1 if it finds one.

Someone who can write to the database could change an event and then every later hash. A checkpoint finds that, too: a small file with the
number and the hash of the newest event, which must still agree at the next check. Keep it where the vsecure server cannot write.

Examples:
  vsecure mcp:audit:verify
  vsecure mcp:audit:verify --checkpoint /safe/place/vsecure-audit.json --new-checkpoint
  vsecure mcp:audit:verify --checkpoint /safe/place/vsecure-audit.json`;

export function registerAuditVerify(program: Command, io: Io): void {
  program
    .command('mcp:audit:verify')
    .description('check that no event of the audit trail was changed or removed')
    .option(
      '--checkpoint <file>',
      'compare with the checkpoint in this file, then replace it by the newest one',
    )
    .option('--new-checkpoint', 'with --checkpoint: create the file, which must not exist yet')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async ({ checkpoint: file, newCheckpoint, json }) => {
      if (newCheckpoint && file === undefined)
        throw new UsageError('--new-checkpoint needs --checkpoint <file>.');
      const checkpoint = file === undefined ? undefined : readCheckpoint(file, newCheckpoint);
      const progress = io.progress('Checking the audit trail');
      const verified = await io
        .client()
        .mcp.verifyAudit({ checkpoint, onProgress: progress.at })
        .finally(progress.end);
      if (json) io.json(verified);
      if (!verified.ok)
        throw new CommandFailed(
          `The audit trail is invalid at event ${verified.sequence}: ${verified.problem}. Do not trust events from there on. Compare with a backup.`,
        );
      if (file !== undefined) saveCheckpoint(file, verified.head);
      if (json) return;
      io.out(`The audit trail is intact: ${verified.checked} events, head ${verified.head.hash}.`);
      if (verified.from)
        io.out(
          `It starts after event ${verified.from.sequence} with hash ${verified.from.hash}: all earlier events were detached.`,
        );
      if (file !== undefined) io.err(savedText(file, checkpoint));
    });
}

const shape = z.object({
  installation: z.string(),
  sequence: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

function savedText(file: string, compared: Checkpoint | undefined): string {
  return compared
    ? `It contains the checkpoint of event ${compared.sequence} unchanged. Saved the new checkpoint to ${file}.`
    : `Nothing was compared. Saved the first checkpoint to ${file}.`;
}

/** Undefined for the first checkpoint. Throws UsageError when the file is missing, or when it exists although it should be new. */
function readCheckpoint(file: string, isNew: boolean | undefined): Checkpoint | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) throw new UsageError(`Cannot read ${file}.`);
    if (isNew) return undefined;
    throw new UsageError(
      `There is no checkpoint at ${file}. Check the path. To save a first checkpoint there, add --new-checkpoint.`,
    );
  }
  if (isNew)
    throw new UsageError(`${file} exists already. Leave out --new-checkpoint to compare with it.`);
  const read = shape.safeParse(jsonOf(text));
  if (read.success) return read.data;
  throw new UsageError(`${file} is not a checkpoint.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Saves the file atomically. */
function saveCheckpoint(file: string, head: Checkpoint): void {
  const temporary = `${file}.temporary`;
  writeFileSync(temporary, `${JSON.stringify(head, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
