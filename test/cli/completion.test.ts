/** Tab completes commands and options, in a real shell. */

import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { run } from './terminal.js';

let script: string;
beforeAll(async () => {
  const ran = await run({ url: 'http://127.0.0.1:1', token: 'unused' }, 'completion', 'bash');
  script = ran.out;
});

/** What bash would offer after this line. */
function offered(line: string): string[] {
  const ask = `${script}
COMP_LINE=${JSON.stringify(line)} COMP_POINT=${line.length}
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_vsecure
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

test('the commands are offered, also behind a colon, and then the options of each', () => {
  expect(offered('vsecure ')).toEqual(
    expect.arrayContaining(['serve', 'mcp:approve', 'keys:create']),
  );
  expect(offered('vsecure keys:c')).toEqual(['create']);
  expect(offered('vsecure sec')).toContain('secrets:set');
  expect(offered('vsecure mcp:approve --')).toEqual(
    expect.arrayContaining(['--reason', '--duration', '--yes']),
  );
  expect(offered('vsecure mcp:approve --rea')).toEqual(['--reason']);
  expect(offered('vsecure no-such-thing --')).toEqual([]);
});

test('other shells get theirs, and an unknown one is wrong usage', async () => {
  const options = { url: 'http://127.0.0.1:1', token: 'unused' };
  expect((await run(options, 'completion', 'zsh')).out).toContain('compdef _vsecure vsecure');
  expect((await run(options, 'completion', 'fish')).out).toContain('complete -c vsecure');
  expect((await run(options, 'completion', 'csh')).exit).toBe(2);
});
