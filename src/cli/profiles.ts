/** Profiles: a server address and a key, stored in a file that only its owner can read. */

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from './command-errors.js';

export interface Profile {
  readonly url: string;
  readonly apiKey: string;
}

/** Used when no profile is named. */
export const DEFAULT_PROFILE = 'default';

export const profileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'not a profile name; use letters, digits and . _ -',
});

const shape = z.object({
  profiles: z.record(profileName, z.object({ url: z.url(), apiKey: z.string().min(1) })),
});

/** Undefined when the profile does not exist. Throws UsageError when other users can read the file, or when it is not a profile file. */
export function readProfile(file: string, name: string): Profile | undefined {
  return readAll(file)[name];
}

/** Saves the profile atomically with mode 600 and leaves other profiles unchanged. */
export function writeProfile(file: string, name: string, profile: Profile): void {
  const profiles = { ...readAll(file), [name]: profile };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.unfinished`;
  writeFileSync(temporary, `${JSON.stringify({ profiles }, null, 2)}\n`, { mode: 0o600 });
  // writeFileSync applies the mode to a new file only.
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

function readAll(file: string): Readonly<Record<string, Profile>> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return {};
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    throw new UsageError(
      `Other users can read ${file}, which contains keys. Run: chmod 600 ${file}`,
    );
  const read = shape.safeParse(jsonOf(readFileSync(file, 'utf8')));
  if (read.success) return read.data.profiles;
  throw new UsageError(
    `${file} is not a valid profile file. Move it away, then run: vsecure login`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
