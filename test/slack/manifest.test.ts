/** The two manifests describe one app: both are generated from this file, with `npx vitest run test/slack/manifest.test.ts -u`. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import type { Manifest } from '@slack/web-api/dist/types/request/manifest.js';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { NEEDED_SCOPES, OPTIONAL_SCOPES } from '../../src/slack/check/scopes.js';
import { COMMAND } from '../../src/slack/format/action-ids.js';
import { EVENTS_PATH } from '../../src/slack/inbound/transport.js';
import { BOT_SCOPES } from '../support/slack/emulate.js';

const HTTP = 'manifest.yml';
const SOCKET = 'manifest.socket.yml';
const ADDRESS = `https://vsecure.example.com${EVENTS_PATH}`;

/** Slack's own type accepts it, or this does not compile. `url` is absent in Socket Mode. */
function manifest(url?: string) {
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: 'vsecure',
      description: "Approve or deny AI tools' requests for secrets, with an audit trail.",
      long_description: [
        'vsecure posts a card when an AI tool asks for a secret. The approvers that the policy names decide with a reason;',
        'every step is on an append-only audit trail. vsecure never posts a secret to Slack, reads no messages, and asks for',
        'the e-mail address only of approvers and of people who click its buttons.',
      ].join(' '),
      background_color: '#1d1c1d',
    },
    features: {
      app_home: {
        home_tab_enabled: true,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: true,
      },
      bot_user: { display_name: 'vsecure', always_online: true },
      slash_commands: [
        {
          command: COMMAND,
          ...(url ? { url } : {}),
          description: 'Who asked for what, what is in force, and how to end it.',
          usage_hint: 'approvals | audit | grants | revoke | resources | metrics | whoami | help',
          should_escape: true,
        },
      ],
    },
    oauth_config: {
      scopes: {
        bot: [...NEEDED_SCOPES],
        bot_optional: [...OPTIONAL_SCOPES],
      },
    },
    settings: {
      event_subscriptions: {
        ...(url ? { request_url: url } : {}),
        bot_events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked', 'user_change'],
      },
      interactivity: { is_enabled: true, ...(url ? { request_url: url } : {}) },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  } satisfies Manifest;
}

const written = (heading: string, content: object) =>
  `${heading
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n')}\n${stringify(content, { lineWidth: 0 })}`;

const HEADINGS = {
  [HTTP]:
    'Slack app manifest for signed HTTP. Put your own host in place of vsecure.example.com.\nCreate the app at https://api.slack.com/apps, "From a manifest".\nusergroups:read is needed only where a policy names a Slack user group. With channels:read and groups:read, approvers who are not\nin the channel get direct messages, and a channel that another company is in is refused.',
  [SOCKET]:
    'Slack app manifest for Socket Mode, which needs no public address.\nCreate the app at https://api.slack.com/apps, "From a manifest", then make an app-level token with connections:write.\nusergroups:read is needed only where a policy names a Slack user group. With channels:read and groups:read, approvers who are not\nin the channel get direct messages, and a channel that another company is in is refused.',
};

describe.each([
  [HTTP, manifest(ADDRESS)],
  [SOCKET, manifest()],
] as const)('%s', (file, content) => {
  test('matches the source code', async () => {
    await expect(written(HEADINGS[file], content)).toMatchFileSnapshot(`../../${file}`);
  });

  test('reads back as the same manifest', () => {
    expect(parse(readFileSync(file, 'utf8'))).toEqual(content);
  });

  test('requests no scope to read messages, files or reactions', () => {
    const { bot, bot_optional } = content.oauth_config.scopes;
    const scopes: readonly string[] = [...bot, ...bot_optional];
    expect(scopes.filter((scope) => /history|files|reactions|admin|manage/.test(scope))).toEqual(
      [],
    );
  });

  test('requests exactly the scopes that the tests of Slack calls have', () => {
    const { bot, bot_optional } = content.oauth_config.scopes;
    expect([...bot, ...bot_optional]).toEqual(BOT_SCOPES);
  });

  test('keeps within the lengths that Slack allows', () => {
    const { name, description, long_description } = content.display_information;
    expect([name.length <= 35, description.length <= 140, long_description.length <= 4000]).toEqual(
      [true, true, true],
    );
  });
});

test('the two manifests differ only in the transport', () => {
  const socket = JSON.stringify(manifest()).replace(
    '"socket_mode_enabled":true',
    '"socket_mode_enabled":false',
  );
  const http = JSON.stringify(manifest(ADDRESS))
    .replaceAll(/"(request_)?url":"[^"]*",?/g, '')
    .replaceAll(',}', '}');
  expect(http).toBe(socket);
});

/** Any of these scopes lets a bot call the method; none is needed where there is none. https://docs.slack.dev/reference/methods */
const SCOPES_OF: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  // For a public and a private channel.
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};
/** Called with the app-level token, whose one scope is made by hand. */
const BY_APP_TOKEN = ['apps.connections.open'];
/** For what Slack calls, not we. */
const FOR_COMMANDS = 'commands';

describe('a Slack method that the program calls', () => {
  const source = readdirSync('src/slack', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join('src/slack', file), 'utf8'))
    .join('\n');
  const called = methodsOf(new WebClient()).filter((method) =>
    new RegExp(`(?:[^\\w.]|client\\.)${method.replaceAll('.', '\\.')}\\(`).test(source),
  );
  const { bot, bot_optional } = manifest().oauth_config.scopes;

  test('is in the table, and the table lists no method that is not called', () => {
    expect(called.toSorted()).toEqual([...Object.keys(SCOPES_OF), ...BY_APP_TOKEN].toSorted());
  });

  test('is written in the source with the name that Slack gives it', () => {
    expect(source).not.toMatch(/\.apiCall\(|\b(?:chat|views|users|conversations)\[/);
  });

  test('has its scopes in the manifest, and the manifest has no other scopes', () => {
    const used = called.flatMap((method) => SCOPES_OF[method] ?? []);
    expect([...bot, ...bot_optional].toSorted()).toEqual(
      [...new Set([...used, FOR_COMMANDS])].toSorted(),
    );
  });

  test('has a handler for every event in the manifest, and the manifest has every event with a handler', () => {
    const heard = [...source.matchAll(/\.event\('(\w+)'/g)].map(([, name]) => name);
    expect(heard.toSorted()).toEqual(manifest().settings.event_subscriptions.bot_events);
  });
});

/** Every method of Slack's that the client has a function for: `chat.postMessage`. */
function methodsOf(client: WebClient): string[] {
  const below = (node: unknown, name: string): string[] => {
    if (typeof node === 'function') return [name];
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).flatMap(([key, value]) => below(value, `${name}.${key}`));
  };
  const families = Object.entries(client).filter(([name]) => name !== 'logger');
  return families.flatMap(([name, family]) => below(family, name));
}
