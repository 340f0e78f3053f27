/** This package's version, read from its package.json, in a checkout and when installed. */

import { readFileSync } from 'node:fs';
import path from 'node:path';

export const VERSION = readVersion(import.meta.dirname);

function readVersion(folder: string): string {
  try {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (name === 'vsecure') return String(version);
  } catch {
    // Not here: look one folder up.
  }
  const parent = path.dirname(folder);
  return parent === folder ? 'unknown' : readVersion(parent);
}
