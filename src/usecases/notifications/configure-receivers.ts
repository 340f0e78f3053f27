/** Configure the notification receivers outside the Slack app. Absent fields keep their values. Webhook addresses and signing secrets are never shown again. */

import { keyActor } from '../../domain/audit-event.js';
import type { Json } from '../../domain/canonical-json.js';
import {
  OLD_SECRET_VALID_FOR,
  publicReceiver,
  type Receiver,
  type ReceiverChange,
  type ReceiverRow,
} from '../../domain/receiver.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { RECEIVERS, type ReceiverKind } from '../../domain/vocabulary.js';
import type {
  CheckTarget,
  MakeSigningSecret,
  Senders,
  Store,
  Tx,
  Vault,
} from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent, ShownOnce } from '../idempotent.js';
import { createSeals, type SealedSettings, type Seals, signingAt } from './receiver-settings.js';

export type ReceiverChanges = Partial<Record<ReceiverKind, ReceiverChange | undefined>>;

export interface Configured {
  readonly receivers: readonly Receiver[];
  /** The new signing secret for webhooks. It is shown only this once. */
  readonly webhookSecret?: string | undefined;
}

export interface ConfigureReceivers {
  show(caller: Caller): Promise<Result<readonly Receiver[]>>;
  /** Makes all changes or none. A retry under the same idempotency key gets a new secret again for ten minutes, and is refused with `shown_once` afterwards. */
  change(
    caller: Caller,
    changes: ReceiverChanges,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Configured>>;
}

export interface ReceiverParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly vault: Vault;
  readonly installation: string;
  readonly makeSigningSecret: MakeSigningSecret;
  readonly checkTarget: CheckTarget;
  readonly senders: Senders;
}

const NEW_SECRET: ShownOnce<Configured, Omit<Configured, 'webhookSecret'>> = {
  split: ({ webhookSecret, ...rest }) => ({ rest, secret: webhookSecret }),
  join: (rest, webhookSecret) => ({ ...rest, webhookSecret }),
  made: () => 'a signing secret',
};

export function createConfigureReceivers(parts: ReceiverParts): ConfigureReceivers {
  const { store, idempotent, vault, installation } = parts;
  const seals = createSeals(vault, installation);

  const changeAll = async (tx: Tx, caller: Caller, changes: ReceiverChanges) => {
    await tx.receivers.lockAll();
    const now = await tx.now();
    const merged: Merged[] = [];
    for (const kind of RECEIVERS) {
      const change = changes[kind];
      const one = change && (await merge(tx, parts, seals, { kind, change, now }));
      if (one && !one.ok) return one;
      if (one) merged.push(one.value);
    }
    for (const one of merged) await write(tx, caller, seals, one);
    const webhookSecret = merged.find(({ newSecret }) => newSecret)?.newSecret;
    const receivers = (await tx.receivers.list()).map(publicReceiver);
    return ok<Configured>({ receivers, webhookSecret });
  };

  return {
    show: async (caller) =>
      requireScope(caller, 'notifications:manage') ??
      ok((await store.receivers.list()).map(publicReceiver)),

    change: async (caller, changes, idempotencyKey) =>
      requireScope(caller, 'notifications:manage') ??
      changeAs(
        { store, idempotent },
        caller,
        idempotencyKey,
        (tx) => changeAll(tx, caller, changes),
        NEW_SECRET,
      ),
  };
}

interface Merged {
  readonly before: ReceiverRow | undefined;
  readonly after: Omit<ReceiverRow, 'version' | 'updatedAt'>;
  readonly confidential: SealedSettings;
  readonly newSecret?: string | undefined;
}

interface MergeInput {
  readonly kind: ReceiverKind;
  readonly change: ReceiverChange;
  readonly now: Date;
}

async function merge(
  tx: Tx,
  parts: ReceiverParts,
  seals: Seals,
  { kind, change, now }: MergeInput,
): Promise<Result<Merged>> {
  const before = await tx.receivers.find(kind);
  const stored = await tx.receivers.sealed(kind);
  const held = stored ? seals.open(kind, stored) : {};
  const address = kind === 'slack' ? change.webhookUrl : change.url;
  const problem =
    address === undefined
      ? undefined
      : parts.checkTarget(kind === 'slack' ? 'slack' : 'webhook', address);
  if (problem) return refused({ code: 'invalid_input', problem });
  const newSecret = makesSecret(kind, change, held) ? parts.makeSigningSecret() : undefined;
  const confidential: SealedSettings = {
    webhookUrl: change.webhookUrl ?? held.webhookUrl,
    url: change.url ?? held.url,
    secrets: secretsAfter(held, newSecret, now),
  };
  const { recipients, channel } = before?.publicSettings ?? {};
  const after = {
    kind,
    enabled: change.enabled ?? before?.enabled ?? true,
    events: change.events ?? before?.events,
    includeReason: change.includeReason ?? before?.includeReason ?? false,
    publicSettings: {
      recipients: change.recipients ?? recipients,
      channel: change.channel ?? channel,
      origin: originOf(confidential.webhookUrl ?? confidential.url),
    },
  };
  const missing = missingSetting(kind, after.publicSettings, confidential, parts.senders);
  // A disabled receiver may be incomplete, so that every receiver can be disabled.
  if (missing && (after.enabled || !before))
    return refused({ code: 'invalid_input', problem: missing });
  return ok({ before, after, confidential, newSecret });
}

const makesSecret = (kind: ReceiverKind, { rotateSecret }: ReceiverChange, held: SealedSettings) =>
  kind === 'webhook' && (rotateSecret || !held.secrets?.length);

/** The previous secret signs for one more day, so that the receiver can switch over. Older secrets no longer sign. */
function secretsAfter(held: SealedSettings, newSecret: string | undefined, now: Date) {
  const signing = signingAt(held, now);
  if (newSecret === undefined) return signing;
  const until = new Date(now.getTime() + OLD_SECRET_VALID_FOR).toISOString();
  return [{ secret: newSecret }, ...signing.slice(0, 1).map(({ secret }) => ({ secret, until }))];
}

const originOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).origin);

function missingSetting(
  kind: ReceiverKind,
  { recipients = [] }: ReceiverRow['publicSettings'],
  { webhookUrl, url }: SealedSettings,
  senders: Senders,
): string | undefined {
  switch (kind) {
    case 'email':
      if (!senders.email)
        return 'E-mail is not configured on the server: set SMTP_URL and MAIL_FROM, then restart the server.';
      return recipients.length > 0 ? undefined : 'email.recipients: enter at least one address.';
    case 'slack':
      return webhookUrl ? undefined : 'slack.webhookUrl: enter the URL of the incoming webhook.';
    case 'webhook':
      return url ? undefined : 'webhook.url: enter the URL to send notifications to.';
  }
}

async function write(tx: Tx, caller: Caller, seals: Seals, merged: Merged): Promise<void> {
  const { before, after, confidential, newSecret } = merged;
  // Version numbers have no gaps, because `lockAll` allows one change at a time.
  const version = (before?.version ?? 0) + 1;
  await tx.receivers.put(after, seals.seal(after.kind, version, confidential));
  if (!after.enabled) await tx.receivers.giveUp(after.kind, 'switched_off');
  tx.record({
    type: 'receiver_changed',
    actor: keyActor(caller),
    details: {
      receiver: after.kind,
      before: before && recorded(before),
      after: recorded(after),
      ...(newSecret && { secret: 'made' }),
    },
  });
}

/** The part of the settings that the audit trail records. It contains no address. */
const recorded = ({ enabled, events, includeReason, publicSettings }: Merged['after']): Json => ({
  enabled,
  events: events ? [...events] : 'default',
  includeReason,
  recipients: publicSettings.recipients?.length ?? 0,
  origin: publicSettings.origin ?? null,
});
