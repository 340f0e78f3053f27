/** `vsecure demo` for a new user: two addresses, one click, the value; nothing remains afterwards. */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { introduction } from '../src/main/demo/messages.js';
import { temporaryFolder } from '../test/support/folder.js';
import { findAction } from '../test/support/slack/card.js';
import type { JsonObject } from '../test/support/slack/json.js';
import { localSlackAvailable, operateLocalSlack } from '../test/support/slack/local-slack.js';
import { typed } from '../test/support/slack/view-values.js';
import { until } from '../test/support/until.js';
import { type Program, START_MAX, startProgram, vsecure } from '../test/support/vsecure.js';

const COMMAND =
  /VSECURE_URL=(\S+) VSECURE_API_KEY=(\S+) \\\n {4}node "\S+" (mcp:approve appr_\S+) --reason "([^"]+)" --yes/;

/** The command line that the demo shows, and its environment. */
function shownCommand(text: string) {
  const [, VSECURE_URL = '', VSECURE_API_KEY = '', words = '', reason = ''] =
    COMMAND.exec(text) ?? [];
  const argv = [...words.split(' '), '--reason', reason, '--yes'];
  return { argv, env: { VSECURE_URL, VSECURE_API_KEY } };
}

/** All descendants of this process, by process id. */
function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const all = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    all.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function startDemo() {
  const TMPDIR = temporaryFolder('demo');
  const env = { TMPDIR, TSX_DISABLE_CACHE: '1', VSECURE_MASTER_KEY: 'of no use', PORT: 'nor this' };
  const demo = startProgram(['demo'], { env });
  onTestFinished(() => void demo.end('SIGKILL'));
  await said(demo, 'Waiting for the decision');
  return { demo, env, TMPDIR };
}

function said(demo: Program, words: string) {
  const look = () => {
    if (!demo.running()) throw new Error(`the demo ended: ${demo.stdout()}${demo.stderr()}`);
    return demo.stdout().includes(words);
  };
  return until(`the demo to say: ${words}`, look, START_MAX);
}

async function end(demo: Program, folder: string): Promise<void> {
  const helpers = descendants(demo.pid);
  expect(helpers.length).toBeGreaterThan(2);
  expect((await demo.end('SIGINT')).exit).toBe(0);
  await until('all that it had started to be gone', () => !helpers.some(runs));
  expect(readdirSync(folder)).toEqual([]);
}

describe.runIf(localSlackAvailable())('with the Slack look-alike', () => {
  test('the demo shows two addresses, then the value after alice’s click, and leaves nothing running after Ctrl-C', async () => {
    const { demo, TMPDIR } = await startDemo();
    const [, server = ''] = /vsecure {3}(\S+)/.exec(demo.stdout()) ?? [];
    const [, slackUrl = ''] = /Slack {5}(\S+)/.exec(demo.stdout()) ?? [];
    expect((await fetch(`${server}/readyz`)).status).toBe(200);

    const slack = await operateLocalSlack(slackUrl);
    const hasButton = (message: JsonObject) => findAction(message, 'approve') !== undefined;
    await until('the card', async () => (await slack.messages('C01APPROVALS')).some(hasButton));
    // Slack shows the card a moment before vsecure stores its place; until then vsecure does not recognize a click.
    await until('the form', async () => {
      await slack.click('U01ALICE', 'C01APPROVALS', 'approve');
      await sleep(500);
      return slack.views().length > 0;
    });
    slack.submitView('U01ALICE', { reason: { text: typed('Known incident') } });
    await said(demo, 'Use Ctrl-C');
    slack.close();
    expect(demo.stdout()).toContain("The agent's request is approved (“Known incident”)");
    expect(demo.stdout()).toContain(
      'The agent reads the secret: postgres://app:not-a-real-password@',
    );
    expect(demo.stderr()).toBe('');
    await end(demo, TMPDIR);
  });

  test('the demo runs again, and its approve command works as well as a click', async () => {
    const { demo, TMPDIR } = await startDemo();
    const { argv, env } = shownCommand(demo.stdout());
    expect(await vsecure(argv, { env })).toMatchObject({ exit: 0 });
    await said(demo, 'The agent reads the secret');
    await end(demo, TMPDIR);
  });

  test('Ctrl-C ends the demo while it waits', async () => {
    const { demo, TMPDIR } = await startDemo();
    await end(demo, TMPDIR);
    expect(demo.stdout()).not.toContain('The agent reads the secret');
  });
});

test('without a Slack look-alike for the platform, the demo says so and shows the same command', () => {
  const shown = {
    url: 'http://127.0.0.1:1',
    approval: 'appr_1',
    approverKey: 'vsk_h_1',
    program: '/opt/vsecure.js',
  };
  const without = introduction({ ...shown, slackUrl: undefined });
  const with_ = introduction({ ...shown, slackUrl: 'http://127.0.0.1:2' });
  expect(without).toContain('Slack look-alike is not available on this platform');
  expect(without).not.toMatch(/press|Slack {5}/);
  expect(shownCommand(without)).toEqual(shownCommand(with_));
  expect(shownCommand(without).argv.slice(0, 2)).toEqual(['mcp:approve', 'appr_1']);
});
