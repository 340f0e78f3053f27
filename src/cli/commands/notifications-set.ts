/** `notifications:set`: say who is told of what. An address that is a secret comes from stdin or a hidden prompt. */

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
  readonly json?: boolean;
}

export function registerNotificationsSet(program: Command, io: Io): void {
  program
    .command('notifications:set')
    .argument('<receiver>', 'email, slack or webhook', receiverOf)
    .description('say who is told of what; what is not named stays as it is')
    .option('--recipients <addresses>', 'of email: separated by commas', splitCommas)
    .option('--url', 'of slack and webhook: read its address from stdin or a hidden prompt')
    .option('--channel <name>', 'of slack: where it posts, for people to read')
    .option('--events <types>', `* or some of ${notificationType.options.join(', ')}`, splitCommas)
    .option('--include-reason', 'pass people’s reasons on')
    .option('--no-include-reason', 'do not')
    .option('--rotate-secret', 'of webhook: make another signing secret')
    .addOption(new Option('--on', 'switch it on').conflicts('off'))
    .option('--off', 'switch it off; its settings stay')
    .option('--json', 'as JSON')
    .action((receiver, options: SetOptions) => set(io, receiver, options));
}

type Kind = (typeof receiverKind.options)[number];

function receiverOf(text: string): Kind {
  const kind = receiverKind.safeParse(text);
  if (!kind.success) throw new UsageError('A receiver is email, slack or webhook.');
  return kind.data;
}

async function set(io: Io, kind: Kind, options: SetOptions): Promise<void> {
  const settings = await settingsOf(io, kind, options);
  const { mcp } = io.client();
  const after = await mcp.configureNotifications(settings);
  if (options.json) return io.json(after);
  io.table(rowsOf(after), columns);
  const secret = after.webhook?.secret;
  if (secret) io.out(`\nSigning secret, shown this once: ${secret}`);
}

async function settingsOf(io: Io, kind: Kind, options: SetOptions): Promise<NotificationSettings> {
  const { recipients, channel, events, includeReason, rotateSecret, on, off } = options;
  refuseForeign(kind, options);
  if (Object.keys(options).every((name) => name === 'json'))
    throw new UsageError('Say what to change: see notifications:set --help.');
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

/** An option of another receiver would be passed over in silence. */
function refuseForeign(kind: Kind, { recipients, channel, url, rotateSecret }: SetOptions): void {
  if (recipients && kind !== 'email') throw new UsageError('--recipients belongs to email.');
  if (channel !== undefined && kind !== 'slack')
    throw new UsageError('--channel belongs to slack.');
  if (url && kind === 'email') throw new UsageError('--url belongs to slack and webhook.');
  if (rotateSecret && kind !== 'webhook')
    throw new UsageError('--rotate-secret belongs to webhook.');
}

type Types = NonNullable<NonNullable<NotificationSettings['email']>['events']>;

function typesOf(events: readonly string[]): Types {
  return events.map((one) => {
    if (one === '*') return one;
    const type = notificationType.safeParse(one);
    if (!type.success)
      throw new UsageError(`--events: * or some of ${notificationType.options.join(', ')}.`);
    return type.data;
  });
}

async function readAddress(io: Io): Promise<string> {
  const text = io.interactive
    ? await io.askHidden('Address to post to: ')
    : new TextDecoder().decode(await io.input());
  const address = text.trim();
  if (address === '') throw new UsageError('There is no address: give one on stdin.');
  return address;
}
