/** `mcp:audit:verify`: is the audit trail whole, and is it the one that was seen before? */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Checkpoint } from '../../sdk/index.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import type { Io } from '../io.js';

const EXAMPLES = `
Examples:
  vsecure mcp:audit:verify
  vsecure mcp:audit:verify --checkpoint /safe/place/vsecure-audit.json

The checkpoint is a file that vsecure's server cannot write to: kept elsewhere, it shows that nothing before it was changed.`;

export function registerAuditVerify(program: Command, io: Io): void {
  program
    .command('mcp:audit:verify')
    .description('check every link of the audit trail, on this machine')
    .option('--checkpoint <file>', 'compare with what was kept here, and keep the new end here')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ checkpoint: file, json }) => {
      const checkpoint = file === undefined ? undefined : readCheckpoint(file);
      const progress = io.progress('Checking the audit trail');
      const verified = await io
        .client()
        .mcp.verifyAudit({ checkpoint, onProgress: progress.at })
        .finally(progress.end);
      if (json) io.json(verified);
      if (!verified.ok)
        throw new CommandFailed(
          `The audit trail does not hold at event ${verified.sequence}: ${verified.problem}. Do not trust it from there on; compare with a backup.`,
        );
      if (file !== undefined) keep(file, verified.head);
      if (json) return;
      io.out(`The audit trail holds: ${verified.checked} events, head ${verified.head.hash}.`);
      if (verified.from)
        io.out(
          `It begins behind event ${verified.from.sequence}, whose hash is ${verified.from.hash}: everything before was detached.`,
        );
      if (file !== undefined) io.err(`Checkpoint kept in ${file}.`);
    });
}

const shape = z.object({
  installation: z.string(),
  sequence: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Undefined when there is no such file yet: the first run makes it. */
function readCheckpoint(file: string): Checkpoint | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UsageError(`${file} cannot be read.`);
  }
  const read = shape.safeParse(jsonOf(text));
  if (read.success) return read.data;
  throw new UsageError(
    `${file} is no checkpoint. Name another file, or one that does not exist yet.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole or not at all. */
function keep(file: string, head: Checkpoint): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(head, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
