/** The two manifests are one app: they are written from this one source, with `npx vitest run test/slack/manifest.test.ts -u`. */
import { readFileSync } from 'node:fs';
import type { Manifest } from '@slack/web-api/dist/types/request/manifest.js';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { COMMAND } from '../../src/slack/ids.js';
import { EVENTS_PATH } from '../../src/slack/transport.js';
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
        'the e-mail address only of approvers and of people who press its buttons.',
      ].join(' '),
      background_color: '#1d1c1d',
    },
    features: {
      bot_user: { display_name: 'vsecure', always_online: true },
      slash_commands: [
        {
          command: COMMAND,
          ...(url ? { url } : {}),
          description: 'Who am I for vsecure, and what can I do?',
          usage_hint: 'whoami | help',
          should_escape: true,
        },
      ],
    },
    oauth_config: {
      scopes: {
        bot: ['chat:write', 'commands', 'users:read', 'users:read.email'],
        bot_optional: ['usergroups:read'],
      },
    },
    settings: {
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
    'Slack app manifest for signed HTTP. Put your own host in place of vsecure.example.com.\nCreate the app at https://api.slack.com/apps, "From a manifest".\nusergroups:read is needed only where a policy names a Slack user group.',
  [SOCKET]:
    'Slack app manifest for Socket Mode, which needs no public address.\nCreate the app at https://api.slack.com/apps, "From a manifest", then make an app-level token with connections:write.\nusergroups:read is needed only where a policy names a Slack user group.',
};

describe.each([
  [HTTP, manifest(ADDRESS)],
  [SOCKET, manifest()],
] as const)('%s', (file, content) => {
  test('is what the source says', async () => {
    await expect(written(HEADINGS[file], content)).toMatchFileSnapshot(`../../${file}`);
  });

  test('reads back as the very same manifest', () => {
    expect(parse(readFileSync(file, 'utf8'))).toEqual(content);
  });

  test('asks for no right to read messages, files or reactions', () => {
    const { bot, bot_optional } = content.oauth_config.scopes;
    const scopes: readonly string[] = [...bot, ...bot_optional];
    expect(scopes.filter((scope) => /history|files|reactions|admin|channels/.test(scope))).toEqual(
      [],
    );
  });

  test('asks for exactly the rights that the tests of calls to Slack are given', () => {
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

test('the two differ in the transport only', () => {
  const socket = JSON.stringify(manifest()).replace(
    '"socket_mode_enabled":true',
    '"socket_mode_enabled":false',
  );
  const http = JSON.stringify(manifest(ADDRESS))
    .replaceAll(/"(request_)?url":"[^"]*",?/g, '')
    .replaceAll(',}', '}');
  expect(http).toBe(socket);
});
