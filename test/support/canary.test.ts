/** The search for secrets finds them: a search that finds nothing proves nothing otherwise. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { findCanaries } from './canary.js';
import { testDatabase } from './database.js';
import { temporaryFolder } from './folder.js';

const VALUE = 'Ünlocks "everything"\n\t/+?=%& 漢字 😀\\ and more';

const FORMS = {
  raw: VALUE,
  JSON: JSON.stringify({ said: VALUE }),
  base64: Buffer.from(VALUE).toString('base64'),
  hex: Buffer.from(VALUE).toString('hex').toUpperCase(),
  URL: `https://example.com/?q=${encodeURIComponent(VALUE)}`,
};

test.each(Object.entries(FORMS))('a value is found as %s', async (form, text) => {
  const hits = await findCanaries({ texts: { log: `before ${text} after` } }, ['other', VALUE]);
  expect(hits).toContain(`value 1 as ${form} in log`);
});

test('a value is found in base64 wherever it begins and ends in a longer text', async () => {
  const around = fc.string({ maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(around, around, async (before, after) => {
      const log = Buffer.from(`${before}${VALUE}${after}`).toString('base64');
      expect(await findCanaries({ texts: { log } }, [VALUE])).toEqual(['value 0 as base64 in log']);
    }),
  );
});

test('a value is found in the files of a folder, however deep', async () => {
  const folder = temporaryFolder('canary');
  const file = path.join(folder, 'very', 'deep');
  mkdirSync(path.dirname(file));
  writeFileSync(file, Buffer.concat([randomBytes(1000), Buffer.from(VALUE), randomBytes(10)]));
  expect(await findCanaries({ files: [folder] }, [VALUE])).toContain(
    `value 0 as raw in file ${file}`,
  );
});

test('a pipe without a writer does not block the search', async () => {
  const folder = temporaryFolder('canary');
  execFileSync('mkfifo', [path.join(folder, 'pipe')]);
  expect(await findCanaries({ files: [folder] }, [VALUE])).toEqual([]);
});

test('a value is found in columns of text, bytes, JSON and lists', async () => {
  const { dataSource, close } = await testDatabase();
  onTestFinished(close);
  await dataSource.query('create table planted (t text, b bytea, h bytea, j jsonb, l text[])');
  const hex = Buffer.from(Buffer.from(VALUE).toString('hex'));
  await dataSource.query('insert into planted values ($1, $2, $3, $4, $5)', [
    `so ${VALUE}`,
    Buffer.from(VALUE),
    hex,
    JSON.stringify({ deep: [VALUE] }),
    [VALUE],
  ]);
  expect(await findCanaries({ dataSource }, [VALUE])).toEqual([
    'value 0 as raw in table public.planted.t',
    'value 0 as raw in table public.planted.b',
    'value 0 as hex in table public.planted.h',
    'value 0 as JSON in table public.planted.j',
    'value 0 as JSON in table public.planted.l',
  ]);
});

test('a place without the value gives no hit', async () => {
  const texts = { log: 'a quiet day', other: randomBytes(5_000).toString('base64') };
  expect(await findCanaries({ texts }, [VALUE])).toEqual([]);
});
