/** `login`: a key of one's own for this terminal, confirmed in Slack and kept in a profile. */

import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { login } from '../../sdk/login.js';
import { CommandFailed } from '../command-errors.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export function registerLogin(program: Command, io: Io): void {
  program
    .command('login')
    .description('get a key of your own, which you confirm in Slack')
    .option('--url <url>', 'where vsecure is (default: VSECURE_URL, or that of the profile)')
    .option('--json', 'as JSON')
    .action(async ({ url, json }) => {
      // Before anybody is asked for anything: a key that cannot be kept would be lost.
      const profile = io.profile();
      const done = await waitFor(io, url ?? profile.url);
      const { token, key } = done;
      profile.save({ url: done.url, apiKey: token });
      const { name, file } = profile;
      if (json) return io.json({ profile: name, file, url: done.url, key });
      io.out(
        `You are ${key.owner} at ${done.url}, until ${formatTime(key.expiresAt) ?? 'it is revoked'}.`,
      );
      io.err(`The key ${key.id} is kept in ${file}, profile ${name}. Show it to no AI tool.`);
    });
}

async function waitFor(io: Io, url: string | undefined) {
  const stop = new AbortController();
  const interrupted = () => stop.abort(new CommandFailed('Given up: nobody is logged in.'));
  process.once('SIGINT', interrupted);
  let end = () => {};
  const onCode = ({ code, expiresAt }: { code: string; expiresAt: string }) => {
    io.err(`In Slack, until ${formatTime(expiresAt)}, type:\n\n  /vsecure login ${code}\n`);
    io.err(
      'Then look whether it is this terminal, and confirm. Type no code that somebody sent you.',
    );
    end = io.progress('Waiting for you to confirm it').end;
  };
  try {
    return await login(url, device(), { onCode, signal: stop.signal });
  } finally {
    end();
    process.off('SIGINT', interrupted);
  }
}

/** As the person will know it again: `ana@laptop`. */
function device(): string {
  const named = `${userName()}@${hostname()}`.replaceAll(/\p{C}/gu, '');
  return named.slice(0, 100);
}

/** There may be none for the number under which a container runs. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}
