/** The words that the project does not use, because readers stumble over them. CONTRIBUTING.md has the words to use. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Whole words, in lower case. An identifier counts as the words that it is made of. */
const BANNED = words(`
  door doors doorkeeper house houses
  tell tells telling told untold teller tellers
  sight sights lookout lookouts gesture gestures
  press presses pressed pressing presser pressers
  guest guests visit visits lane lanes complaint complaints leaver leavers
  whoever whomever whom somebody nobody anybody everybody
  doings mend mends mended mending reckon reckons reckoned reckoning anew
`);

/** Several words in a row, joined by a space. `touchCard` is the words `touch card`. */
const BANNED_PHRASES = ['ways out', 'touch card'];

/** Where a banned word stays, and why. A path in `files` is a file or a folder; `text` is what the line must match. */
interface Exemption {
  readonly word: string;
  readonly files: readonly string[];
  readonly text: RegExp;
  readonly reason: string;
}

const EXEMPTIONS: readonly Exemption[] = [
  {
    word: 'door',
    files: ['src', 'relay/src', 'docs'],
    text: /\bwrong_door\b/,
    reason: 'the code of a refusal, which clients know',
  },
  {
    word: 'door',
    files: [
      'src/domain/audit-event.ts',
      'src/store/approval-row.ts',
      'src/store/approval-writes.ts',
      'src/store/approvals.ts',
      'src/store/audit-events.ts',
      'src/store/audit-search.ts',
    ],
    text: /\bdoor\b/,
    reason: 'the stored name of the entry point: the column vote.door and the JSON of audit events',
  },
  {
    word: 'door',
    files: [
      'src/contract/approval.ts',
      'src/contract/audit.ts',
      'src/http/api/approvals.ts',
      'src/http/api/audit.ts',
      'src/cli/audit-export.ts',
      'src/cli/commands/audit.ts',
      'src/cli/commands/decide.ts',
    ],
    text: /\bdoor\b/,
    reason: 'the field of REST bodies and audit events that names the entry point',
  },
  {
    word: 'told',
    files: ['src/store/direct-message-outbox.ts', 'src/store/grants.ts', 'src/store/retention.ts'],
    text: /\b(?:use_)?told_at\b/,
    reason: 'the columns notice.told_at and access_grant.use_told_at',
  },
  {
    word: 'press',
    files: ['src/slack/inbound/request-guard.ts'],
    text: /\bpress\b/,
    reason: 'the stored word for a click from another workspace, in details.what of audit events',
  },
  {
    word: 'mend',
    files: ['src/main/slack-check.ts'],
    text: /\bmend\b/,
    reason: 'the field of `vsecure slack:check --json`',
  },
  {
    word: 'told',
    files: ['src/store'],
    text: /\b(?:use_)?told_at\b/,
    reason: 'the columns notice.told_at and access_grant.use_told_at',
  },
  {
    word: 'nobody',
    files: ['src/postgres'],
    text: /\bnobody\b/,
    reason: "the operating system's user that PostgreSQL runs as",
  },
  {
    word: 'guest',
    files: [
      'src/domain/refusal.ts',
      'src/ports/directory.ts',
      'src/slack',
      'src/usecases/people',
      'docs/policies.md',
      'docs/slack.md',
      'README.md',
    ],
    text: /\bguests?\b/i,
    reason: "Slack's own name of an account kind",
  },
];

const SOURCES = [
  'src',
  'relay/src',
  'relay/package.json',
  'relay/server.json',
  'relay/manifest.json',
  'docs',
  'README.md',
  'SECURITY.md',
  'manifest.yml',
  'manifest.socket.yml',
];
const TEXT_FILE = /\.(ts|md|json|yml)$/;

test('no file uses a word that readers stumble over', () => {
  const found = SOURCES.flatMap(filesIn).flatMap(bannedIn);
  expect(found).toEqual([]);
});

test('a banned word is found inside an identifier, in any case, and next to punctuation', () => {
  expect(bannedWords('untoldMessages, HOUSE_KEY; doorIsOpen("Whoever…")')).toEqual([
    'untold',
    'house',
    'door',
    'whoever',
  ]);
  expect(bannedWords('await touchCard(id); the ways-out')).toEqual(['ways out', 'touch card']);
});

test('a longer word that contains a banned word is not found', () => {
  expect(bannedWords('outdoors, expression, planes, amended, visitor, intelligent')).toEqual([]);
});

test('every exemption is still needed', () => {
  const lines = SOURCES.flatMap(filesIn).flatMap(linesOf);
  const unused = EXEMPTIONS.filter(
    (exemption) => !lines.some((line) => isExempt(exemption, exemption.word, line)),
  );
  expect(unused).toEqual([]);
});

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

function filesIn(place: string): string[] {
  if (TEXT_FILE.test(place)) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && TEXT_FILE.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function linesOf(file: string): Line[] {
  const texts = readFileSync(file, 'utf8').split('\n');
  return texts.map((text, index) => ({ file, number: index + 1, text }));
}

function bannedIn(file: string): string[] {
  return linesOf(file).flatMap((line) =>
    bannedWords(line.text)
      .filter((word) => !EXEMPTIONS.some((exemption) => isExempt(exemption, word, line)))
      .map((word) => `${line.file}:${line.number}: ${word}`),
  );
}

/** The banned phrases and words in a text, each as often as it occurs. */
function bannedWords(text: string): string[] {
  const found = splitWords(text);
  const joined = ` ${found.join(' ')} `;
  return [
    ...BANNED_PHRASES.filter((phrase) => joined.includes(` ${phrase} `)),
    ...found.filter((word) => BANNED.has(word)),
  ];
}

/** Splits at everything that is no letter, and at the humps of camelCase. */
function splitWords(text: string): string[] {
  return text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}

function isExempt({ word, files, text }: Exemption, found: string, line: Line): boolean {
  const isListed = files.some((file) => line.file === file || line.file.startsWith(`${file}/`));
  const isWord = found === word || found.replace(/s$/, '') === word;
  return isListed && isWord && text.test(line.text);
}
