import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MasterKeyError, parseMasterKey } from '../../src/crypto/master-key.js';
import { loadOrCreateMasterKeyFile } from '../../src/crypto/master-key-file.js';
import { builtProgram } from '../support/built.js';
import { masterKeyText } from './keys.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vsecure-key-'));
  path = join(folder, 'master.key');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a missing key file is created for its owner only, and the next start reads the same key', () => {
  const made = loadOrCreateMasterKeyFile(path, { create: true });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['master.key']);
  expect(loadOrCreateMasterKeyFile(path, { create: true }).id).toBe(made.id);
  expect(loadOrCreateMasterKeyFile(path, { create: false }).id).toBe(made.id);
});

test('an operator\u2019s key file is read and not changed', () => {
  const text = masterKeyText();
  writeFileSync(path, text, { mode: 0o400 });
  expect(loadOrCreateMasterKeyFile(path, { create: true }).id).toBe(parseMasterKey(text, 'KEY').id);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a missing key file is not created without the option to create it', () => {
  expect(refusalOf({ create: false })).toContain('does not exist');
  expect(readdirSync(folder)).toEqual([]);
});

test.each([0o640, 0o604, 0o660, 0o644, 0o610, 0o601])(
  'a key file of mode %o is refused',
  (mode) => {
    writeFileSync(path, masterKeyText());
    chmodSync(path, mode);
    expect(refusalOf({ create: true })).toContain('can be opened by others');
  },
);

const SPOILERS: Record<string, [spoil: () => void, problem: string]> = {
  'a link to a good key file': [() => linkToGoodKey(), 'is a link'],
  'a link to nowhere': [() => symlinkSync(join(folder, 'nowhere'), path), 'is a link'],
  'a directory': [() => mkdirSync(path, { mode: 0o700 }), 'is not a regular file'],
  'a pipe without a writer': [
    () => execFileSync('mkfifo', ['-m', '600', path]),
    'is not a regular',
  ],
  'a disk image': [() => writeFileSync(path, Buffer.alloc(1025), { mode: 0o600 }), 'is too long'],
  'an empty file': [() => writeFileSync(path, '', { mode: 0o600 }), 'is empty'],
  'half a key': [() => writeFileSync(path, masterKeyText().slice(22), { mode: 0o600 }), 'is not'],
};

test.each(Object.entries(SPOILERS))(
  '%s in its place is refused, not replaced',
  (_, [spoil, problem]) => {
    spoil();
    expect(refusalOf({ create: true })).toContain(problem);
    expect(refusalOf({ create: true })).toContain(path);
  },
);

test('processes that create the key file at the same time all start with the same key', async () => {
  const racers = await Promise.all([1, 2, 3, 4].map(() => startRacer()));
  try {
    for (let round = 0; round < 40; round += 1) {
      const race = join(folder, `race-${round}`);
      const ids = await Promise.all(racers.map((racer) => racer.run(race)));
      const { id } = loadOrCreateMasterKeyFile(race, { create: false });
      expect(ids).toEqual([id, id, id, id]);
    }
    expect(readdirSync(folder)).toHaveLength(40);
  } finally {
    for (const racer of racers) racer.stop();
  }
}, 30_000);

function linkToGoodKey(): void {
  writeFileSync(join(folder, 'real'), masterKeyText(), { mode: 0o600 });
  symlinkSync(join(folder, 'real'), path);
}

function refusalOf(options: { create: boolean }): string {
  try {
    loadOrCreateMasterKeyFile(path, options);
  } catch (error) {
    if (error instanceof MasterKeyError) return error.message;
    throw error;
  }
  throw new Error('the key file was accepted');
}

async function startRacer() {
  const [node, racer] = builtProgram('test/crypto/key-file-racer.ts');
  const child = spawn(node, [racer], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value;
  expect(await nextLine()).toBe('ready');
  return {
    run(race: string) {
      child.stdin.write(`${race}\n`);
      return nextLine();
    },
    stop: () => child.kill(),
  };
}
