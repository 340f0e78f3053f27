/** Say who is told of what, outside of the Slack app. What is not named stays; what is an address or signs is shown to nobody again. */

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
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent, ReplayPolicy } from '../idempotent.js';
import { createSeals, type SealedSettings, type Seals, signingAt } from './receiver-settings.js';

export type ReceiverChanges = Partial<Record<ReceiverKind, ReceiverChange | undefined>>;

export interface Configured {
  readonly receivers: readonly Receiver[];
  /** What signs webhooks from now on. This is the only time anybody sees it. */
  readonly webhookSecret?: string | undefined;
}

export interface ConfigureReceivers {
  show(caller: Caller): Promise<Result<readonly Receiver[]>>;
  /** All of the changes or none. Sent again after it made a secret, it is refused with `shown_once`. */
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

const SHOWN_ONCE: ReplayPolicy<Configured, Configured> = {
  toStored: ({ receivers, webhookSecret }) => ({
    receivers,
    ...(webhookSecret && { webhookSecret: '' }),
  }),
  replay: (kept) =>
    kept.webhookSecret === undefined
      ? ok(kept)
      : refused({ code: 'shown_once', made: 'a signing secret' }),
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
      store.transaction((tx) =>
        idempotent(tx, idempotencyKey, () => changeAll(tx, caller, changes), SHOWN_ONCE),
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
  const made = makesSecret(kind, change, held) ? parts.makeSigningSecret() : undefined;
  const confidential: SealedSettings = {
    webhookUrl: change.webhookUrl ?? held.webhookUrl,
    url: change.url ?? held.url,
    secrets: secretsAfter(held, made, now),
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
  const missing = whatIsMissing(kind, after.publicSettings, confidential, parts.senders);
  // What is switched off need not be complete, so that it can be switched off whatever it lacks.
  if (missing && (after.enabled || !before))
    return refused({ code: 'invalid_input', problem: missing });
  return ok({ before, after, confidential, newSecret: made });
}

const makesSecret = (kind: ReceiverKind, { rotateSecret }: ReceiverChange, held: SealedSettings) =>
  kind === 'webhook' && (rotateSecret || !held.secrets?.length);

/** The one before signs for a day more, so that the other end can change over; what was before that signs no more. */
function secretsAfter(held: SealedSettings, made: string | undefined, now: Date) {
  const signing = signingAt(held, now);
  if (made === undefined) return signing;
  const until = new Date(now.getTime() + OLD_SECRET_VALID_FOR).toISOString();
  return [{ secret: made }, ...signing.slice(0, 1).map(({ secret }) => ({ secret, until }))];
}

const originOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).origin);

function whatIsMissing(
  kind: ReceiverKind,
  { recipients = [] }: ReceiverRow['publicSettings'],
  { webhookUrl, url }: SealedSettings,
  senders: Senders,
): string | undefined {
  switch (kind) {
    case 'email':
      if (!senders.email)
        return 'E-mail is not set up on the server: set SMTP_URL and MAIL_FROM, and restart it.';
      return recipients.length > 0 ? undefined : 'email.recipients: name at least one address.';
    case 'slack':
      return webhookUrl ? undefined : 'slack.webhookUrl: give the address of the incoming webhook.';
    case 'webhook':
      return url ? undefined : 'webhook.url: give the address to post to.';
  }
}

async function write(tx: Tx, caller: Caller, seals: Seals, merged: Merged): Promise<void> {
  const { before, after, confidential, newSecret } = merged;
  // The next version, since whoever configures is alone.
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

/** What the trail holds of it: how it is set, and no address. */
const recorded = ({ enabled, events, includeReason, publicSettings }: Merged['after']): Json => ({
  enabled,
  events: events ? [...events] : 'default',
  includeReason,
  recipients: publicSettings.recipients?.length ?? 0,
  origin: publicSettings.origin ?? null,
});
