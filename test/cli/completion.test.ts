/** Shell completion of commands and options, in a real shell. */

import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { run } from './terminal.js';

let script: string;
beforeAll(async () => {
  const ran = await run({ url: 'http://127.0.0.1:1', token: 'unused' }, 'completion', 'bash');
  script = ran.out;
});

/** The completions that bash offers for this line. */
function completionsOf(line: string): string[] {
  const ask = `${script}
COMP_LINE=${JSON.stringify(line)} COMP_POINT=${line.length}
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_vsecure
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

test('bash completes command names, also after a colon, and the options of each command', () => {
  expect(completionsOf('vsecure ')).toEqual(
    expect.arrayContaining(['serve', 'mcp:approve', 'keys:create']),
  );
  expect(completionsOf('vsecure keys:c')).toEqual(['create']);
  expect(completionsOf('vsecure sec')).toContain('secrets:set');
  expect(completionsOf('vsecure mcp:approve --')).toEqual(
    expect.arrayContaining(['--reason', '--duration', '--yes']),
  );
  expect(completionsOf('vsecure mcp:approve --rea')).toEqual(['--reason']);
  expect(completionsOf('vsecure no-such-thing --')).toEqual([]);
});

test('zsh and fish get their own script, and an unknown shell is wrong usage', async () => {
  const options = { url: 'http://127.0.0.1:1', token: 'unused' };
  expect((await run(options, 'completion', 'zsh')).out).toContain('compdef _vsecure vsecure');
  expect((await run(options, 'completion', 'fish')).out).toContain('complete -c vsecure');
  expect((await run(options, 'completion', 'csh')).exit).toBe(2);
});
