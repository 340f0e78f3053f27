/** The configuration: all problems are reported at once and by name, and no value is repeated. */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { temporaryFolder } from '../support/folder.js';

const KEY = randomBytes(32).toString('base64');
const DATABASE = { DATABASE_URL: 'postgres://localhost/vsecure', VSECURE_MASTER_KEY: KEY };
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1-a', SLACK_SIGNING_SECRET: 'signing' };
const MAIL = { SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'vsecure@example.com' };

/** One wrong value for each variable that can be wrong. */
const WRONG = {
  DATABASE_URL: 'mysql://localhost/vsecure',
  VSECURE_DATA_DIR: 'relative/folder',
  VSECURE_MASTER_KEY: 'too-short',
  VSECURE_MIGRATE: 'sometimes',
  HOST: '[::1]',
  PORT: '65536',
  PUBLIC_URL: 'https://vsecure.example.com/hunter2',
  VSECURE_KEEP_ALIVE: 'for a while',
  VSECURE_ALLOWED_HOSTS: 'https://hunter2.example.com',
  VSECURE_TRUST_PROXY: 'true',
  SLACK_BOT_TOKEN: 'xapp-1-a',
  SLACK_APP_TOKEN: 'xoxb-1-a',
  SLACK_CHANNEL: '#approvals',
  SLACK_API_URL: 'https://slack.example.com/api/',
  SLACK_LINK_BY_EMAIL: 'yes',
  SLACK_AUTO_APPROVED: 'loudly',
  SMTP_URL: 'http://user:hunter2@mail.example.com',
  MAIL_FROM: 'somebody',
  VSECURE_WEBHOOK_ALLOW: 'https://me:hunter2@receiver.example.com/',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:hunter2',
  OTEL_EXPORTER_OTLP_HEADERS: 'hunter2 is no header',
  VSECURE_ADMIN_EMAIL: 'somebody',
  VSECURE_DEFAULT_APPROVERS: 'alice@example.com, nobody',
  VSECURE_HUMAN_KEYS: 'anybody',
  VSECURE_RATE_LIMIT: 'plenty',
  LOG_LEVEL: 'loud',
};
const FREE = ['OTEL_SERVICE_NAME', 'VSECURE_MASTER_KEY_FILE'];

/** The message of the refusal, or undefined. */
function problems(env: NodeJS.ProcessEnv): string | undefined {
  try {
    readConfig(env);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const named = (message = '') => [...message.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);

describe('a wrong setting', () => {
  test('is reported together with all others, each by name on its own line', () => {
    const message = problems(WRONG);
    expect(message).toContain(`has ${Object.keys(WRONG).length} problem(s):\n`);
    expect(named(message)).toEqual(Object.keys(WRONG));
  });

  test.each(Object.entries(WRONG))('is reported by name: %s', (name, value) => {
    const message = problems({
      ...DATABASE,
      ...SLACK,
      ...MAIL,
      SLACK_APP_TOKEN: 'xapp-1',
      [name]: value,
    });
    expect(named(message)).toEqual([name]);
    expect(message).not.toContain(value);
  });

  test('never has its value repeated in the message', () => {
    const names = [...Object.keys(WRONG), ...FREE, 'SLACK_SIGNING_SECRET'];
    const begin = fc.constantFrom('', 'postgres://', 'http://127.0.0.1/', 'xoxb-', 'C0', 'a@');
    const garbage = fc.string({ unit: 'binary', minLength: 8 });
    const settings = fc.dictionary(fc.constantFrom(...names), fc.tuple(begin, garbage));
    fc.assert(
      fc.property(settings, garbage, (given, port) => {
        const env = Object.entries(given).map(([name, parts]) => [name, parts.join('')]);
        const message = problems({ ...Object.fromEntries(env), PORT: port });
        expect(named(message)).toContain('PORT');
        for (const value of [port, ...Object.values(given).map(([, hidden]) => hidden)])
          expect(message).not.toContain(value);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['a % that is no escape', 'postgres://user:hunter2%zz@localhost/vsecure', 'write %25'],
  ['an unknown sslmode', 'postgres://localhost/vsecure?sslmode=hunter2', 'verify-full'],
  ['no address at all', 'postgres://[hunter2', 'must be'],
])('an address of the database with %s is refused before anything starts', (_what, url, help) => {
  const message = problems({ ...DATABASE, DATABASE_URL: url });
  expect(named(message)).toEqual(['DATABASE_URL']);
  expect(message).toContain(help);
  expect(message).not.toContain('hunter2');
});

test('a data folder that is a file, or lies below one, is refused before anything is created', () => {
  const file = path.join(temporaryFolder('config'), 'file');
  writeFileSync(file, '');
  for (const folder of [file, path.join(file, 'below')])
    expect(named(problems({ VSECURE_DATA_DIR: folder }))).toEqual(['VSECURE_DATA_DIR']);
});

test.each([
  '10.0.0.0/8',
  'loopback, 192.0.2.7',
  '2001:db8::/32',
  'fc00::/7',
  '::ffff:10.0.0.0/104',
])('the proxies %s are accepted', (proxies) => {
  expect(problems({ VSECURE_TRUST_PROXY: proxies })).toBeUndefined();
});

test.each([
  ...['10.0.0.0/33', '1', '10.0.0.0/8/8', 'proxy.example.com', '*'],
  ...['0.0.0.0/0', '::/0', '0.0.0.0/1, 128.0.0.0/1', '2000::/3', '::ffff:0:0/96', '::/64'],
])(
  'the proxies %s are refused: trusting everything lets a client choose its address',
  (proxies) => {
    expect(named(problems({ VSECURE_TRUST_PROXY: proxies }))).toEqual(['VSECURE_TRUST_PROXY']);
  },
);

test.each([
  ['PUBLIC_URL', 'https://me:hunter2@vsecure.example.com'],
  ['PUBLIC_URL', 'https://vsecure.example.com/vault'],
  ['PUBLIC_URL', 'https://vsecure.example.com/?a=b'],
  ['PUBLIC_URL', 'https://vsecure.example.com/#a'],
  ['PUBLIC_URL', 'ftp://vsecure.example.com'],
  ['SMTP_URL', 'smtp://'],
  ['SMTP_URL', 'smtps://:25'],
  ['SMTP_URL', 'smtp://u:%zz@mail.example.com'],
  ['SMTP_URL', 'smtp://%zz@mail.example.com'],
  ['VSECURE_ADMIN_EMAIL', 'a@\u212Aelvin.example'],
  ['VSECURE_ADMIN_EMAIL', 'a@b@example.com'],
  ['VSECURE_ALLOWED_HOSTS', '*.example.com'],
  ['VSECURE_ALLOWED_HOSTS', '*'],
  ['VSECURE_ALLOWED_HOSTS', 'a.example.com, https://b.example.com'],
  ['VSECURE_ALLOWED_HOSTS', 'a.example.com/path'],
  ['VSECURE_ALLOWED_HOSTS', '::1'],
  ['VSECURE_ALLOWED_HOSTS', '[1.2.3.4]'],
])('%s is refused when it is %s, which could never work as it is meant', (name, value) => {
  const message = problems({ ...DATABASE, ...MAIL, [name]: value });
  expect(named(message)).toEqual([name]);
});

test('usual forms of an address are accepted, and PUBLIC_URL is kept as an origin', () => {
  const hosts = 'a.example.com, a.example.com:8443, 10.0.0.5:3000, [::1], [::1]:3000, my_service';
  expect(problems({ VSECURE_ALLOWED_HOSTS: hosts })).toBeUndefined();
  expect(problems({ ...MAIL, SMTP_URL: 'smtp://u:p%25@[::1]:25' })).toBeUndefined();
  expect(problems({ VSECURE_ADMIN_EMAIL: 'root@localhost' })).toBeUndefined();
  for (const text of ['https://vsecure.example.com', 'https://vsecure.example.com:443/'])
    expect(readConfig({ PUBLIC_URL: text }).http.publicUrl).toBe('https://vsecure.example.com');
});

test('white space around every setting is removed, a byte order mark too', () => {
  const clean = { ...DATABASE, ...SLACK, ...MAIL, PORT: '4000', LOG_LEVEL: 'warn' };
  const padded = Object.entries(clean).map(([name, value]) => [name, `\ufeff ${value}\r\n`]);
  expect(JSON.stringify(readConfig(Object.fromEntries(padded)))).toBe(
    JSON.stringify(readConfig(clean)),
  );
  const { slack } = readConfig(Object.fromEntries(padded));
  expect(slack?.signingSecret?.reveal()).toBe(SLACK.SLACK_SIGNING_SECRET);
});

test('a setting with a line break inside is refused by its name', () => {
  const message = problems({ ...SLACK, SLACK_SIGNING_SECRET: 'hunter2\nhunter2' });
  expect(named(message)).toEqual(['SLACK_SIGNING_SECRET']);
  expect(message).not.toContain('hunter2');
});

describe('settings that contradict each other', () => {
  test.each([
    [
      'a database without a master key',
      { DATABASE_URL: DATABASE.DATABASE_URL },
      'VSECURE_MASTER_KEY',
    ],
    [
      'two master keys',
      { ...DATABASE, VSECURE_MASTER_KEY_FILE: '/key' },
      'VSECURE_MASTER_KEY_FILE',
    ],
    ['a bot token alone', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_SIGNING_SECRET'],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: 'x' }, 'SLACK_BOT_TOKEN'],
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN'],
    ['a mail server without a sender', { SMTP_URL: MAIL.SMTP_URL }, 'MAIL_FROM'],
    ['a sender without a mail server', { MAIL_FROM: MAIL.MAIL_FROM }, 'SMTP_URL'],
    ['logins without Slack', { VSECURE_HUMAN_KEYS: 'login' }, 'VSECURE_HUMAN_KEYS'],
  ])('%s is refused, and the message names the setting to change', (_, env, name) => {
    expect(named(problems(env))).toEqual([name]);
  });

  test('a contradiction is reported together with all other problems', () => {
    expect(named(problems({ SLACK_APP_TOKEN: 'xapp-1', PORT: 'x' }))).toEqual([
      'PORT',
      'SLACK_BOT_TOKEN',
    ]);
  });
});

describe('a missing setting', () => {
  test('has a default that needs nothing else: an embedded database, loopback, no Slack', () => {
    expect(readConfig({})).toMatchObject({
      database: { dataDir: expect.stringMatching(/vsecure[\\/]postgres$/) },
      masterKey: { text: undefined, file: expect.stringMatching(/master\.key$/), create: true },
      migrate: 'auto',
      http: {
        host: '127.0.0.1',
        port: 3000,
        publicUrl: undefined,
        allowedHosts: [],
        trustProxy: [],
      },
      slack: undefined,
      adminEmail: 'admin@localhost',
      defaultApprovers: [],
      logLevel: 'info',
    });
  });

  test('is the same as an empty one', () => {
    const empty = Object.fromEntries([...Object.keys(WRONG), ...FREE].map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test('for the data folder means the user’s data folder, never the folder where the program starts', () => {
    for (const env of [{}, { XDG_DATA_HOME: 'here' }, { VSECURE_DATA_DIR: '' }])
      expect(readConfig(env).dataDir).toMatch(homedir());
    expect(readConfig({ VSECURE_DATA_DIR: '/srv/vsecure' })).toMatchObject({
      database: { dataDir: path.join('/srv/vsecure', 'postgres') },
      masterKey: { file: path.join('/srv/vsecure', 'master.key') },
    });
  });

  test('for the master key never leads to a generated key when the database is not embedded', () => {
    expect(readConfig(DATABASE).masterKey.create).toBe(false);
    const file = { DATABASE_URL: DATABASE.DATABASE_URL, VSECURE_MASTER_KEY_FILE: '/key' };
    expect(readConfig(file).masterKey).toMatchObject({ file: '/key', create: false });
    expect(readConfig({ VSECURE_MASTER_KEY_FILE: '/key' }).masterKey.create).toBe(false);
  });
});

test('another Slack API address must be a loopback address', () => {
  const taken = (url: string) => problems({ ...SLACK, SLACK_API_URL: url }) === undefined;
  for (const url of ['http://127.0.0.1:7700/api/', 'http://localhost/api/', 'http://[::1]:1/api/'])
    expect(taken(url)).toBe(true);
  for (const url of [
    'http://127.0.0.1.example.com/api/',
    'http://127.0.0.1@example.com/api/',
    'http://localhost.example.com/',
    'http://10.0.0.1/api/',
    'https://slack.com.example.com/api/',
    'http://0.0.0.0/api/',
  ])
    expect(taken(url)).toBe(false);
});

test('lists are split at commas, and switches are on or off', () => {
  const env = {
    ...SLACK,
    VSECURE_ALLOWED_HOSTS: 'a.example.com, b.example.com,',
    VSECURE_DEFAULT_APPROVERS: 'alice@example.com,U01ALICE',
    SLACK_LINK_BY_EMAIL: 'off',
    SLACK_AUTO_APPROVED: 'off',
  };
  expect(readConfig(env)).toMatchObject({
    http: { allowedHosts: ['a.example.com', 'b.example.com'] },
    defaultApprovers: ['alice@example.com', 'U01ALICE'],
    slack: { linkByEmail: false, autoApproved: 'off' },
  });
  expect(readConfig(SLACK).slack).toMatchObject({ linkByEmail: true, autoApproved: 'lines' });
});

test('the sender is one address, with no character that could start another mail header', () => {
  const taken = (from: string) => problems({ ...MAIL, MAIL_FROM: from }) === undefined;
  for (const from of ['vsecure@example.com', 'vsecure <vsecure@example.com>'])
    expect(taken(from), from).toBe(true);
  for (const from of [
    'a@example.com\r\nBcc: eve@example.com',
    'a\r\nBcc: eve@example.com <a@example.com>',
    'a@example.com, b@example.com',
    '"a" <a@example.com>',
  ])
    expect(taken(from), from).toBe(false);
});

test('private receivers are base URLs without user names or queries', () => {
  const allow = (text: string) => problems({ VSECURE_WEBHOOK_ALLOW: text }) === undefined;
  expect(readConfig({}).webhookAllow).toEqual([]);
  expect(
    readConfig({ VSECURE_WEBHOOK_ALLOW: 'http://10.0.0.5:8080/hooks/, https://ci.internal' }),
  ).toMatchObject({ webhookAllow: ['http://10.0.0.5:8080/hooks/', 'https://ci.internal'] });
  for (const text of ['10.0.0.5', '*', 'ftp://a/', 'http://a/?b', 'http://a/#b', 'http://me@a/'])
    expect(allow(text), text).toBe(false);
});

test('with Slack, people create their own keys that decide; without Slack, an administrator does', () => {
  expect(readConfig({}).humanKeys).toBe('admin');
  expect(readConfig(SLACK).humanKeys).toBe('login');
  expect(readConfig({ ...SLACK, VSECURE_HUMAN_KEYS: 'admin' }).humanKeys).toBe('admin');
  expect(readConfig({ ...SLACK, VSECURE_HUMAN_KEYS: 'login' }).humanKeys).toBe('login');
});

test('printing the configuration shows no secret', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://app:hunter2@localhost/vsecure',
    VSECURE_MASTER_KEY: KEY,
    SLACK_BOT_TOKEN: 'xoxb-hunter2',
    SLACK_SIGNING_SECRET: 'hunter2',
    SLACK_APP_TOKEN: 'xapp-hunter2',
    ...MAIL,
    SMTP_URL: 'smtps://vsecure:hunter2@mail.example.com',
  });
  for (const printed of [inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config)]) {
    expect(printed).not.toContain('hunter2');
    expect(printed).not.toContain(KEY);
  }
});
