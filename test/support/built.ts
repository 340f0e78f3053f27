/** The sources compiled, once for each run of the tests: a program starts from them in a third of the time that compiling on the way takes. */

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
const TSC = path.join(CHECKOUT, 'node_modules/.bin/tsc');
/** What is checked is checked elsewhere. */
const OPTIONS = '--noEmit false --noCheck --sourceMap false --declaration false'.split(' ');

const folderIn = (runFolder: string) => path.join(runFolder, 'built');

/** Makes a checkout of its own in the run's folder, beside the real one's packages and migrations. */
export async function prepareBuilt(runFolder: string): Promise<void> {
  const folder = folderIn(runFolder);
  mkdirSync(folder);
  for (const shared of ['node_modules', 'migrations'])
    symlinkSync(path.join(CHECKOUT, shared), path.join(folder, shared));
  mkdirSync(path.join(folder, 'relay'));
  symlinkSync(path.join(CHECKOUT, 'relay/dist'), path.join(folder, 'relay/dist'));
  for (const described of ['package.json', 'relay/package.json'])
    copyFileSync(path.join(CHECKOUT, described), path.join(folder, described));
  await build(runFolder);
}

/** Compiles what is there now. */
export async function build(runFolder: string): Promise<void> {
  const argv = ['-p', path.join(CHECKOUT, 'tsconfig.json'), ...OPTIONS];
  await promisify(execFile)(TSC, [...argv, '--outDir', folderIn(runFolder)]);
}

/** The words of a command that runs a source file of the checkout, named from its root. */
export const builtProgram = (source: string): [string, string] => [
  process.execPath,
  path.join(folderIn(inject('runFolder')), source.replace(/\.ts$/, '.js')),
];
