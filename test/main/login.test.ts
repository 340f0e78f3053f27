/** `vsecure login` as a person does it: the program on a terminal, a code in Slack, and a key in a file of one’s own. */

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sqlOn } from '../../src/store/sql.js';
import { findCanaries } from '../support/canary.js';
import { temporaryFolder } from '../support/folder.js';
import { findAction } from '../support/slack/card.js';
import { asString } from '../support/slack/json.js';
import { listenOnLoopback, shut } from '../support/slack/loopback.js';
import { readBytes } from '../support/slack/request-body.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { until } from '../support/until.js';
import { type Program, startProgram, vsecure } from '../support/vsecure.js';

let running: ServicesWithSlack;
beforeAll(async () => {
  running = await servicesWithSlack({ users: ['alice'] });
  await running.services.person('alice@example.com');
});
afterAll(() => running.close());

interface EntryPoint extends AsyncDisposable {
  readonly url: string;
  /** Every answer that went through. */
  readonly answers: readonly string[];
  /** While it is set, no request is answered; counts the requests. */
  away: boolean;
  turnedAway: number;
}

/** A proxy to the server that can be closed, as if the server were being restarted. */
async function door(): Promise<EntryPoint> {
  const answers: string[] = [];
  const server = createServer(async (request, response) => {
    if (one.away) {
      one.turnedAway += 1;
      return void request.destroy();
    }
    const { method = 'GET', headers } = request;
    const body = method === 'GET' ? null : await readBytes(request);
    const { authorization = '' } = headers;
    const answer = await fetch(`${running.url}${request.url}`, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body,
    });
    const text = await answer.text();
    answers.push(text);
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type }).end(text);
  });
  const port = await listenOnLoopback(server);
  const one: EntryPoint = {
    url: `http://127.0.0.1:${port}`,
    answers,
    away: false,
    turnedAway: 0,
    [Symbol.asyncDispose]: () => shut(server),
  };
  return one;
}

const codeShown = (program: Program) =>
  until('a code', () => /\/vsecure login ([A-Z]{4}-[A-Z]{4})/.exec(program.stderr())?.[1]);

/** What alice does in Slack. */
async function confirm(code: string): Promise<void> {
  const { hands, workspace } = running;
  const { sink, emulate, idOf } = workspace;
  const before = sink.bodies.length;
  const alice = { user: idOf('alice'), channel: emulate.channelId };
  await hands.driver.command({ ...alice, text: `login ${code}` });
  const answer = await until('the question', () => sink.bodies[before]);
  await hands.driver.click({
    ...alice,
    messageId: '1700000000.000100',
    actionId: 'confirm_login',
    value: asString(findAction(answer, 'confirm_login')?.['value']),
  });
  await until('the confirmation', () => sink.bodies[before + 1]);
}

const profiles = z.object({
  profiles: z.record(z.string(), z.object({ url: z.string(), apiKey: z.string() })),
});
const keptIn = (file: string) => profiles.parse(JSON.parse(readFileSync(file, 'utf8'))).profiles;

test('a person logs in on a terminal across a server restart, and the key is stored in their file and nowhere else', async () => {
  await using way = await door();
  const home = temporaryFolder('config');
  const env = { XDG_CONFIG_HOME: home };
  const program = startProgram(['login', '--url', way.url, '--profile', 'prod'], { env });
  const code = await codeShown(program);
  way.away = true;
  await until('the terminal to be turned away twice', () => way.turnedAway >= 2);
  await confirm(code);
  way.away = false;
  const { exit, stdout, stderr } = await program.ended;
  expect(exit, stderr).toBe(0);
  expect(stdout).toMatch(/^Logged in to http:\S+ as alice@example\.com until 20\d\d-/);

  const file = path.join(home, 'vsecure', 'config.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const token = keptIn(file)['prod']?.apiKey ?? '';
  expect(token).toMatch(/^vsk_h_/);
  expect(way.answers.filter((answer) => answer.includes(token))).toHaveLength(1);
  const texts = {
    terminal: stdout + stderr,
    log: JSON.stringify(running.lines),
    slack: JSON.stringify([running.workspace.sink.bodies, running.workspace.proxy.calls]),
  };
  const { dataSource } = running.services.database;
  expect(await findCanaries({ texts, dataSource }, [token])).toEqual([]);

  const whoami = await vsecure(['auth:whoami', '--json', '--profile', 'prod'], { env });
  expect(JSON.parse(whoami.stdout)).toMatchObject({
    class: 'human',
    owner: { email: 'alice@example.com' },
  });
});

test('login --json prints everything but the key', async () => {
  const home = temporaryFolder('config');
  const env = { XDG_CONFIG_HOME: home, VSECURE_URL: running.url };
  const program = startProgram(['login', '--json'], { env });
  await confirm(await codeShown(program));
  const { exit, stdout } = await program.ended;
  expect(exit).toBe(0);
  const file = path.join(home, 'vsecure', 'config.json');
  expect(JSON.parse(stdout)).toMatchObject({
    profile: 'default',
    file,
    url: `${running.url}/`,
    key: { class: 'human', owner: 'alice@example.com' },
  });
  expect(stdout).not.toContain(keptIn(file)['default']?.apiKey);
});

test('an interrupted or expired login says so and stores nothing', async () => {
  const env = { VSECURE_URL: running.url };
  const given = startProgram(['login'], { env });
  await codeShown(given);
  expect(await given.end('SIGINT')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('Login cancelled.'),
  });
  const late = startProgram(['login'], { env });
  await codeShown(late);
  await sqlOn(running.services.database.dataSource)(
    'update login set expires_at = clock_timestamp()',
  );
  expect(await late.ended).toMatchObject({
    exit: 1,
    stdout: '',
    stderr: expect.stringContaining('The code was not confirmed in time'),
  });
});

test('the login routes send no CORS or cache headers, and limit the codes of one address', async () => {
  const begin = () =>
    fetch(`${running.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
      body: JSON.stringify({ device: 'a test' }),
    });
  const first = await begin();
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toBe('no-store');
  expect(first.headers.get('access-control-allow-origin')).toBeNull();
  const statuses: number[] = [];
  for (let more = 0; more < 20; more += 1) statuses.push((await begin()).status);
  expect(statuses.at(-1)).toBe(429);
});
