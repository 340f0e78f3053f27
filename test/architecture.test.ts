/** docs/architecture.md is right about the tree: what it names exists, and no folder is missing from it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const TEXT = readFileSync('docs/architecture.md', 'utf8');
const IN_BACKTICKS = [...TEXT.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** A folder or file below the root, or a file in it. Code, commands and field names are not paths. */
const PATH = /^(?:[\w.-]+\/)+(?:[\w.-]+)?$|^[\w-]+\.(?:ts|json|md|sql|yml)$/;
const PATHS = [...new Set(IN_BACKTICKS.filter((code) => PATH.test(code)))];

/** What a newcomer is most likely to look for, by a part of the row and a path that its answer must name. */
const QUESTIONS = [
  ['an auto-approval condition', 'src/domain/policy/conditions/'],
  ['the Deny form and its reason label', 'src/slack/views/'],
  ['an MCP tool', 'src/mcp/tools/'],
  ['a column of the audit table', 'migrations/'],
  ['the wait before a try is repeated', 'src/domain/retry-policy.ts'],
  ['a key-management service', 'src/main/master-key-source.ts'],
  ['an on-call schedule', 'src/domain/approver-entry.ts'],
  ['`--limit`', 'src/cli/limit-option.ts'],
  ['a body limit (REST', 'src/domain/limits.ts'],
  ['an expired card that is not updated', 'src/usecases/approvals/expire-approvals.ts'],
] as const;

test('every path that docs/architecture.md names exists', () => {
  expect(PATHS.length).toBeGreaterThan(50);
  expect(PATHS.filter((path) => !existsSync(path))).toEqual([]);
});

test('docs/architecture.md names every folder under src', () => {
  const folders = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/`);
  expect(folders.filter((folder) => !PATHS.some((path) => path.startsWith(folder)))).toEqual([]);
});

describe('docs/architecture.md answers where to change', () => {
  test.each(QUESTIONS)('%s', (question, path) => {
    const row = TEXT.split('\n').find((line) => line.startsWith('| ') && line.includes(question));
    expect(row).toContain(path);
  });
});
