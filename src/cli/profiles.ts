/** Who one is at which server, kept between commands in a file that only its owner can read. */

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from './command-errors.js';

export interface Profile {
  readonly url: string;
  readonly apiKey: string;
}

/** The one that is used when none is named. */
export const DEFAULT_PROFILE = 'default';

export const profileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'a profile is named with letters, digits and . _ -',
});

const shape = z.object({
  profiles: z.record(profileName, z.object({ url: z.url(), apiKey: z.string().min(1) })),
});

/** Undefined when there is none of that name. Throws UsageError when others could read the file, or it is none of ours. */
export function readProfile(file: string, name: string): Profile | undefined {
  return readAll(file)[name];
}

/** Mode 600, whole or not at all; other profiles stay. */
export function writeProfile(file: string, name: string, profile: Profile): void {
  const profiles = { ...readAll(file), [name]: profile };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify({ profiles }, null, 2)}\n`, { mode: 0o600 });
  // The mode above holds for a new file only.
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

function readAll(file: string): Readonly<Record<string, Profile>> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return {};
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    throw new UsageError(`${file} holds keys, and others can read it. Run: chmod 600 ${file}`);
  const read = shape.safeParse(jsonOf(readFileSync(file, 'utf8')));
  if (read.success) return read.data.profiles;
  throw new UsageError(`${file} is not a file of profiles. Move it away, then log in again.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
