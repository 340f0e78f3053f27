/** The strict reader of `.env` files. */

import { expect, test } from 'vitest';
import { EnvFileError, parseEnvFile } from '../../src/cli/env-file.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array): Record<string, string> {
  const variables = parseEnvFile(typeof text === 'string' ? bytes(text) : text);
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function refusal(text: string | Uint8Array): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof EnvFileError) return error.message;
    throw error;
  }
  return 'accepted';
}

const PEM = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7',
  'c2VjcmV0Ynl0ZXNjYW5hcnk=',
  '-----END PRIVATE KEY-----',
].join('\n');

test.each<[string, string, Record<string, string>]>([
  ['a plain value', 'A=b', { A: 'b' }],
  ['spaces around = and at the end of the line', 'A = b c  ', { A: 'b c' }],
  ['export', 'export A=b', { A: 'b' }],
  ['comments and blank lines', '# x\n\n  # y\nA=b # z\n', { A: 'b' }],
  ['no value', 'A=\nB=""', { A: '', B: '' }],
  ['further = signs', 'A=b==', { A: 'b==' }],
  ['a backslash in a plain value', 'A=C:\\new', { A: 'C:\\new' }],
  ['quotation marks inside a plain value', `A=b"c'd`, { A: `b"c'd` }],
  ['single quotes, literally', `A='$x #y "z" \\n'`, { A: '$x #y "z" \\n' }],
  ['double quotes with \\n', 'A="b\\nc" # d', { A: 'b\nc' }],
  ['a value of several lines', `KEY="${PEM}"\nB=c`, { KEY: PEM, B: 'c' }],
  ['a value of several lines in single quotes', `KEY='${PEM}'`, { KEY: PEM }],
  ['Windows line ends', 'A=b\r\nB="c\r\nd"\r\n', { A: 'b', B: 'c\nd' }],
  ['a byte order mark', '\ufeffA=b', { A: 'b' }],
  ['text that is not ASCII', 'A=Zürich 🔑', { A: 'Zürich 🔑' }],
])('%s is read as dotenv and Docker Compose read it', (_what, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each<[string, string, string]>([
  ['a private key without quotation marks', `A=b\nKEY=${PEM}`, 'line 2: no NAME=value'],
  ['a line without =', 'A=b\nc2VjcmV0Y2FuYXJ5', 'line 2: no NAME=value'],
  ['export without a value', 'export A', 'line 1: no NAME=value'],
  ['a name that begins with a digit', '1A=b', 'line 1: no NAME=value'],
  ['a # inside a plain value', 'A=canary#c', 'Docker Compose keeps the #'],
  ['a # right after =', 'A=#canary', 'line 1: a # right after ='],
  ['a $ in a plain value', 'A=canary$HOME', 'Docker Compose puts a variable in its place'],
  ['a $ in double quotes', 'A="canary$B"', 'Docker Compose puts a variable in its place'],
  ['an escape that readers treat differently', 'A="canary\\t"', 'both read only \\n and \\r alike'],
  ['an escaped double quote', 'A="can\\"ary"', 'both read only \\n and \\r alike'],
  ['an escaped single quote', "A='can\\'ary'", 'line 1: a backslash before a single'],
  ['backticks', 'A=`canary`', 'line 1: dotenv takes `'],
  ['an open quotation mark', 'A=b\nC="canary\nD=e', 'line 2: the quotation mark " is never closed'],
  ['text behind a quoted value', 'A="b" canary', 'line 1: text follows the closing'],
  ['the same name twice', 'A=b\nC=d\na=canary', 'line 3: the same name as on line 1'],
  ['a lone carriage return', 'A=b\rcanary', 'line 1: a carriage return'],
])('%s is refused by its line number and never by its content', (_what, text, message) => {
  const said = refusal(text);
  expect(said).toContain(message);
  expect(said).not.toMatch(/canary|MII|BEGIN|c2Vj/);
});

test('a file that is not UTF-8 is refused as a whole', () => {
  expect(refusal(new Uint8Array([0xff, 0xfe, 0x41, 0, 0x3d, 0]))).toContain('UTF-16');
  expect(refusal(new Uint8Array([0x41, 0x3d, 0xe4]))).toContain('not UTF-8');
  expect(refusal('A=b\0c')).toContain('NUL');
});

test('every refused line is named, and the list stays short', () => {
  const said = refusal(Array.from({ length: 50 }, () => 'canary').join('\n'));
  expect(said.split('\n')).toHaveLength(22);
  expect(said).toContain('and 30 more lines');
});
