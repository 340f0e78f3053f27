/** Folders that a test may fill and forget: they lie in the folder of the run, which is removed at its end. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';

/** A new, empty folder that only this user can enter. */
export function temporaryFolder(name = 'folder'): string {
  return mkdtempSync(path.join(inject('runFolder'), `${name}-`));
}
