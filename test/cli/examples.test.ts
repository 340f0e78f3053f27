/** Every command has examples in its help, and every example parses. */

import { CommanderError } from 'commander';
import { expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { temporaryFolder } from '../support/folder.js';
import { ABOUT, run } from './terminal.js';

// `--write` changes files in the home directory.
vi.stubEnv('HOME', temporaryFolder('home'));

const options = { url: 'http://127.0.0.1:1', token: 'unused' };
const io = {
  out: () => {},
  err: () => {},
  table: () => {},
  json: () => {},
  jsonLine: () => {},
  csv: () => {},
  value: () => {},
  shown: false,
  interactive: false,
  confirm: async () => {},
  askHidden: async () => '',
  progress: () => ({ at: () => {}, end: () => {} }),
  input: async () => new Uint8Array(),
  useProfile: () => {},
  profile: () => ({ name: '', file: '', url: undefined, save: () => {} }),
  client: () => {
    throw new Error('parsed');
  },
};
const create = () => createProgram(io, ABOUT);
const names = create().commands.map((command) => command.name());

test.each(names)('%s --help shows examples that parse', async (name) => {
  const { out } = await run(options, name, '--help');
  expect(out).toMatch(/^Examples?:$/m);
  const lines = out.split('\n').filter((line) => /^ {2}(\S.* \| )?vsecure /.test(line));
  for (const line of lines) {
    const words = line.replace(/^.*?vsecure /, '').match(/"[^"]*"|\S+/g) ?? [];
    const argv = words.map((word) => word.replaceAll('"', ''));
    const failed: unknown = await create()
      .parseAsync(argv, { from: 'user' })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(failed, line).not.toBeInstanceOf(CommanderError);
  }
});
