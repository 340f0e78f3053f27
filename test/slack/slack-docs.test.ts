/** docs/slack.md: its pictures, links, scopes and codes exist. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { NEEDED_SCOPES, OPTIONAL_SCOPES } from '../../src/slack/check/scopes.js';
import { slackFaults } from '../../src/slack/delivery/stalled-deliveries.js';

const FOLDER = 'docs';
const page = readFileSync(path.join(FOLDER, 'slack.md'), 'utf8');

test('every picture of docs/slack.md exists, is small and has a description', () => {
  const shown = [...page.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(
    ([, words = '', file = '']) => ({
      file: path.join(FOLDER, file),
      words: words.split(' ').length,
    }),
  );
  for (const { file, words } of shown) {
    expect(statSync(file).size, file).toBeLessThan(150_000);
    expect(words, file).toBeGreaterThan(8);
  }
  const all = readdirSync(path.join(FOLDER, 'pictures')).map((name) =>
    path.join(FOLDER, 'pictures', name),
  );
  expect(shown.map(({ file }) => file).toSorted()).toEqual(all.toSorted());
});

test('every link of docs/slack.md leads to an existing file or heading', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, target = ''] of page.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    const [file = '', heading] = target.split('#');
    if (file) expect(existsSync(path.join(FOLDER, file)), target).toBe(true);
    else expect(headings).toContain(heading);
  }
});

test('docs/slack.md explains every scope of the manifest', () => {
  for (const scope of [...NEEDED_SCOPES, ...OPTIONAL_SCOPES])
    expect(page).toContain(`\`${scope}\``);
});

test('the server has a fix for every code that docs/slack.md explains', () => {
  const [, table = ''] = page.split('| you see | cause | fix |');
  const codes = [...table.matchAll(/`([a-z]+_[a-z_]+)`(?=[^\n|]*\|[^\n]*\|[^\n]*\|)/g)];
  const explained = codes.map(([, code = '']) => code);
  expect(explained).toContain('not_in_channel');
  const failing = explained.map((error) => ({ error, since: new Date(), waiting: 1 }));
  for (const { code, todo } of slackFaults(failing))
    expect(todo, code).not.toContain('look the code up');
});
