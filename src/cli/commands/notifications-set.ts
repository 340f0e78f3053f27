/** `notifications:set`: configures a notification receiver. A secret address comes from stdin or a hidden prompt. */

import { type Command, Option } from 'commander';
import { notificationType, receiverKind } from '../../contract/notification.js';
import type { NotificationSettings } from '../../sdk/index.js';
import { splitCommas } from '../comma-list.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import { columns, rowsOf } from './notifications-list.js';

interface SetOptions {
  readonly recipients?: readonly string[];
  readonly channel?: string;
  readonly url?: boolean;
  readonly events?: readonly string[];
  readonly on?: boolean;
  readonly off?: boolean;
  readonly includeReason?: boolean;
  readonly rotateSecret?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function registerNotificationsSet(program: Command, io: Io): void {
  program
    .command('notifications:set')
    .argument('<receiver>', 'email, slack or webhook', receiverOf)
    .description('configure a notification receiver; settings that you do not give stay unchanged')
    .option('--recipients <addresses>', 'email: addresses, separated by commas', splitCommas)
    .option('--url', 'slack and webhook: read the URL from stdin or a hidden prompt')
    .option(
      '--channel <name>',
      'slack: channel name to display; the webhook decides where Slack posts',
    )
    .option(
      '--events <types>',
      `event types to send: * or any of ${notificationType.options.join(', ')}`,
      splitCommas,
    )
    .option('--include-reason', 'include reasons that people and tools wrote')
    .option('--no-include-reason', 'omit reasons')
    .option('--rotate-secret', 'webhook: create a new signing secret')
    .addOption(new Option('--on', 'enable the receiver').conflicts('off'))
    .option('--off', 'disable the receiver and keep its settings')
    .option('--yes', 'disable without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action((receiver, options: SetOptions) => set(io, receiver, options));
}

type Kind = (typeof receiverKind.options)[number];

function receiverOf(text: string): Kind {
  const kind = receiverKind.safeParse(text);
  if (!kind.success) throw new UsageError('Not a receiver; use email, slack or webhook.');
  return kind.data;
}

async function set(io: Io, kind: Kind, options: SetOptions): Promise<void> {
  const settings = await settingsOf(io, kind, options);
  if (options.off)
    await io.confirm({
      question: `Disable the receiver ${kind}, so that it gets no alert and no request?`,
      yes: options.yes,
      unchanged: 'Nothing was changed.',
    });
  const { mcp } = io.client();
  const after = await mcp.configureNotifications(settings);
  if (options.json) return io.json(after);
  io.table(rowsOf(after), columns);
  const secret = after.webhook?.secret;
  if (secret) io.out(`\nSigning secret (shown only this once): ${secret}`);
}

async function settingsOf(io: Io, kind: Kind, options: SetOptions): Promise<NotificationSettings> {
  const { recipients, channel, events, includeReason, rotateSecret, on, off } = options;
  refuseOtherOptions(kind, options);
  if (Object.keys(options).every((name) => ['json', 'yes'].includes(name)))
    throw new UsageError('Nothing to change. To see the options: vsecure notifications:set --help');
  const common = {
    ...(on && { enabled: true }),
    ...(off && { enabled: false }),
    ...(events && { events: typesOf(events) }),
    ...(includeReason !== undefined && { includeReason }),
  };
  const address = options.url ? await readAddress(io) : undefined;
  switch (kind) {
    case 'email':
      return { email: { ...common, ...(recipients && { recipients: [...recipients] }) } };
    case 'slack':
      return {
        slack: {
          ...common,
          ...(address && { webhookUrl: address }),
          ...(channel !== undefined && { channel }),
        },
      };
    case 'webhook':
      return {
        webhook: {
          ...common,
          ...(address && { url: address }),
          ...(rotateSecret && { rotateSecret }),
        },
      };
  }
}

/** Refuses an option of another receiver, which would otherwise be ignored silently. */
function refuseOtherOptions(
  kind: Kind,
  { recipients, channel, url, rotateSecret }: SetOptions,
): void {
  if (recipients && kind !== 'email') throw new UsageError('--recipients is an option of email.');
  if (channel !== undefined && kind !== 'slack')
    throw new UsageError('--channel is an option of slack.');
  if (url && kind === 'email') throw new UsageError('--url is an option of slack and webhook.');
  if (rotateSecret && kind !== 'webhook')
    throw new UsageError('--rotate-secret is an option of webhook.');
}

type Types = NonNullable<NonNullable<NotificationSettings['email']>['events']>;

function typesOf(events: readonly string[]): Types {
  return events.map((one) => {
    if (one === '*') return one;
    const type = notificationType.safeParse(one);
    if (!type.success)
      throw new UsageError(
        `Not a list of events; use * or any of ${notificationType.options.join(', ')}.`,
      );
    return type.data;
  });
}

async function readAddress(io: Io): Promise<string> {
  const text = io.interactive
    ? await io.askHidden('URL: ')
    : new TextDecoder().decode(await io.input());
  const address = text.trim();
  if (address === '') throw new UsageError('No URL. Pipe one to stdin.');
  return address;
}
