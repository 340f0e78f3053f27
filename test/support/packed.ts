/** The two packages as npm publishes them: built and packed from a copy of the sources, once for each run of the tests. */

import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject, vi } from 'vitest';
import { temporaryFolder } from './folder.js';
import { until } from './until.js';

const run = promisify(execFile);

/** Milliseconds. Seconds as a rule, far more on a machine that is busy. */
const PACK_MAX = 180_000;

vi.setConfig({ testTimeout: 2 * PACK_MAX, hookTimeout: 2 * PACK_MAX });

const CHECKOUT = path.resolve(import.meta.dirname, '../..');

/** What the checkout holds that is no part of the sources. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', 'coverage', '.data']);

export interface Packed {
  /** The tarballs. */
  readonly vsecure: string;
  readonly relay: string;
  /** The copy that they were made from. */
  readonly sources: string;
  /** A `node_modules` with both of them unpacked, among the dependencies of the checkout. */
  readonly modules: string;
}

/** The first process packs, all others wait for it. Rejects with npm's output when packing fails. */
export async function packed(): Promise<Packed> {
  const folder = path.join(inject('runFolder'), 'packed');
  const answer = path.join(folder, 'answer.json');
  if (claimed(folder)) {
    const said = await pack(folder).catch((error: unknown) => ({ failed: wordsOf(error) }));
    writeFileSync(`${answer}.new`, JSON.stringify(said));
    renameSync(`${answer}.new`, answer);
  }
  await until('the packages to be packed', () => exists(answer), PACK_MAX);
  const said = JSON.parse(await readFile(answer, 'utf8'));
  if ('failed' in said) throw new Error(said.failed);
  return said;
}

/** A folder in which `vsecure` is installed, for programs that import it. */
export async function projectFolder(): Promise<string> {
  const { modules } = await packed();
  const folder = temporaryFolder('project');
  symlinkSync(modules, path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module","private":true}\n');
  return folder;
}

function claimed(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function pack(folder: string): Promise<Packed> {
  const sources = path.join(folder, 'sources');
  cpSync(CHECKOUT, sources, {
    recursive: true,
    filter: (file) => !LEFT_OUT.has(path.basename(file)),
  });
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(sources, 'node_modules'));
  const vsecure = await packOne(sources, folder);
  const relay = await packOne(path.join(sources, 'relay'), folder);
  return { vsecure, relay, sources, modules: await unpack(folder, vsecure, relay) };
}

async function packOne(sources: string, folder: string): Promise<string> {
  const argv = ['pack', '--json', '--silent', '--pack-destination', folder];
  const { stdout } = await run('npm', argv, { cwd: sources });
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return path.join(folder, made.filename);
}

async function unpack(folder: string, vsecure: string, relay: string): Promise<string> {
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  const ours: Record<string, string> = { vsecure, 'mcp-server-vsecure': relay };
  for (const name of readdirSync(path.join(CHECKOUT, 'node_modules')))
    if (!(name in ours) && !name.startsWith('.'))
      symlinkSync(path.join(CHECKOUT, 'node_modules', name), path.join(modules, name));
  mkdirSync(path.join(modules, '.bin'));
  for (const [name, tarball] of Object.entries(ours)) {
    const place = path.join(modules, name);
    mkdirSync(place);
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', place]);
    linkPrograms(modules, place);
  }
  return modules;
}

/** As npm does it. */
function linkPrograms(modules: string, place: string): void {
  const { bin } = JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8'));
  for (const [name, file] of Object.entries<string>(bin)) {
    chmodSync(path.join(place, file), 0o755);
    symlinkSync(path.join(place, file), path.join(modules, '.bin', name));
  }
}

/** What the compiler has to say is on stdout. */
const wordsOf = (error: unknown) =>
  error instanceof Error && 'stdout' in error ? `${error.message}${error.stdout}` : String(error);

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
