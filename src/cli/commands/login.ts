/** `login`: gets an API key for the person at this terminal. The person confirms in Slack; a profile stores the key. */

import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { login } from '../../sdk/login.js';
import { CommandFailed } from '../command-errors.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export function registerLogin(program: Command, io: Io): void {
  program
    .command('login')
    .description('log in: confirm in Slack and store an API key on this machine')
    .option('--url <url>', 'server address (default: VSECURE_URL, or the address in the profile)')
    .option('--json', 'print JSON')
    .action(async ({ url, json }) => {
      // Check the profile file before the person confirms: a key that cannot be saved would be lost.
      const profile = io.profile();
      const done = await waitFor(io, url ?? profile.url);
      const { token, key } = done;
      profile.save({ url: done.url, apiKey: token });
      const { name, file } = profile;
      if (json) return io.json({ profile: name, file, url: done.url, key });
      io.out(
        `Logged in to ${done.url} as ${key.owner}${key.expiresAt ? ` until ${formatTime(key.expiresAt)}` : ''}.`,
      );
      io.err(`Saved key ${key.id} to profile ${name} in ${file}. Never give it to an AI tool.`);
    });
}

async function waitFor(io: Io, url: string | undefined) {
  const stop = new AbortController();
  const interrupted = () => stop.abort(new CommandFailed('Login cancelled.'));
  process.once('SIGINT', interrupted);
  let end = () => {};
  const onCode = ({ code, expiresAt }: { code: string; expiresAt: string }) => {
    io.err(`In Slack, type this before ${formatTime(expiresAt)}:\n\n  /vsecure login ${code}\n`);
    io.err(
      'Check that Slack shows this terminal, then confirm. Never type a code that someone else sent you.',
    );
    end = io.progress('Waiting for your confirmation in Slack').end;
  };
  try {
    return await login(url, device(), { onCode, signal: stop.signal });
  } finally {
    end();
    process.off('SIGINT', interrupted);
  }
}

/** A name that the person recognises in Slack: `ana@laptop`. */
function device(): string {
  const named = `${userName()}@${hostname()}`.replaceAll(/\p{C}/gu, '');
  return named.slice(0, 100);
}

/** In a container the numeric user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
