/** What the documentation of policies shows is what the product takes. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyDocument } from '../../src/contract/policy-document.js';
import { coveringPatterns } from '../../src/domain/pattern.js';
import { createPolicyIndex } from '../../src/domain/policy/policy-index.js';
import { parseWindow } from '../../src/domain/policy/time-window.js';
import { parseZone } from '../../src/domain/policy/time-zone.js';
import { policy } from '../domain/policy-fixture.js';
import { type Serving, startServing } from '../http/serving.js';
import { unwrap } from '../support/services.js';
import { run } from './terminal.js';

const TEXT = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Cells of all rows of tables whose first cell is code. */
const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
const section = (title: string) => TEXT.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const examples = [TEXT, README].flatMap((text) =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml),
);

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
});
afterAll(() => serving.close());

describe('examples', () => {
  test('there are some', () => expect(examples.length).toBeGreaterThan(8));

  test.each(examples)('is taken as it is and put in force %#', async (yaml) => {
    const terminal = { url: serving.server.url, token: serving.services.adminToken, stdin: yaml };
    const json = ['mcp:configure', '-f', '-', '--yes', '--json'];
    const applied = JSON.parse((await run(terminal, ...json)).out);
    const shown = await run(terminal, 'mcp:configure', '-f', '-', '--dry-run');
    expect(shown).toMatchObject({ exit: 0 });
    expect(shown.out.split('\n').at(-1)).toBe(`${applied.length} unchanged.`);
    const inForce = unwrap(await serving.services.useCases.showPolicies(serving.services.admin));
    const uris = inForce.map(({ uri }) => uri);
    for (const { uri } of applied) expect(uris).toContain(uri);
  });
});

test('every field is in the table, once, and no other', () => {
  const fields = rows(section('Fields')).map(([, field]) => field?.replaceAll('`', ''));
  expect(fields).toEqual([...new Set(fields)]);
  expect(fields.toSorted()).toEqual(Object.keys(policyDocument.shape).toSorted());
});

test('every abbreviation of a time zone is in the table, with the place it stands for', () => {
  const table = rows(section('Conditional auto-approval'));
  const written = table.flatMap(([, letters = '', place]) =>
    letters.split(' ').map((one) => [one.replaceAll('`', ''), place] as const),
  );
  for (const [letters, place] of written)
    expect(parseZone(letters)).toMatchObject({ ok: true, zone: place });
  const refused = parseZone('nowhere');
  const accepted = refused.ok ? '' : (refused.problem.split('one of ')[1] ?? '');
  expect(written.map(([letters]) => letters).toSorted()).toEqual(accepted.split(', ').toSorted());
});

test('the days that it shows are read as it says', () => {
  for (const days of ['Mon-Fri', 'Sat,Sun', 'Fri-Mon', ''])
    expect(parseWindow(`${days} 09:00-17:00 UTC`)).toMatchObject({ ok: true });
});

test('the table of deciding policies is right', () => {
  const full = (short = '') => `vsecure://secrets/${short.replaceAll('`', '')}`;
  const table = rows(section('Which policy decides'));
  const patterns = ['**', 'production/**', 'production/*', 'production/DATABASE_URL'].map(full);
  const index = createPolicyIndex(patterns.map((uri) => policy({ uri })));
  expect(table.length).toBe(4);
  for (const [, resource, ...cells] of table) {
    expect(index.covering(full(resource))[0]?.uri).toBe(full(cells[4]));
    const covering = coveringPatterns(full(resource));
    expect(patterns.map((pattern) => covering.includes(pattern))).toEqual(
      cells.slice(0, 4).map((cell) => cell !== ''),
    );
  }
});
