/** Receivers of notifications, and the notifications that they were sent. */

import type { NotificationDelivery, ReceiverRow } from '../domain/receiver.js';
import type { SealedValue } from '../domain/secret.js';
import type { ReceiverReads, Receivers } from '../ports/index.js';
import { DELIVERY_CHANNEL } from './notify-channels.js';
import { listed } from './page.js';
import { first, type Sql } from './sql.js';

interface Row {
  readonly kind: ReceiverRow['kind'];
  readonly enabled: boolean;
  readonly events: ReceiverRow['events'] | null;
  readonly include_reason: boolean;
  readonly shown: ReceiverRow['publicSettings'];
  readonly version: number;
  readonly updated_at: Date;
  readonly disabled_because: string | null;
}

const PUBLIC_COLUMNS =
  'kind, enabled, events, include_reason, shown, version, updated_at, disabled_because';

export function receiverReads(sql: Sql): ReceiverReads {
  return {
    list: async () =>
      (await sql<Row>(`select ${PUBLIC_COLUMNS} from receiver order by kind`)).map(toRow),

    async find(kind) {
      const row = first(
        await sql<Row>(`select ${PUBLIC_COLUMNS} from receiver where kind = $1`, [kind]),
      );
      return row && toRow(row);
    },

    async sealed(kind) {
      const row = first(
        await sql<SealedRow>(
          `select version, algorithm, master_key_id, wrapped_key, iv, ciphertext, tag from receiver where kind = $1`,
          [kind],
        ),
      );
      return row && { version: row.version, sealed: toSealed(row) };
    },

    async deliveries({ receiver, state, type }, { limit, after }) {
      const [sequence, kind] = after?.split(':') ?? [];
      const rows = await sql<DeliveryRow>(
        `select id, receiver, event_id, type, sequence, state, attempts, last_error, created_at, settled_at, not_before
         from notification
         where ($1::text is null or receiver = $1) and ($2::text is null or state = $2)
           and ($3::text is null or type = $3) and ($4::bigint is null or (sequence, receiver) < ($4, $5))
         order by sequence desc, receiver desc limit $6`,
        [receiver ?? null, state ?? null, type ?? null, sequence ?? null, kind ?? null, limit + 1],
      );
      return listed(rows.map(toDelivery), limit, (one) => `${one.sequence}:${one.receiver}`);
    },
  };
}

/** Makes concurrent changes of receivers wait for each other. */
const HOLD = 7_272_741;

export function receivers(sql: Sql): Receivers {
  return {
    ...receiverReads(sql),

    async lockAll() {
      await sql('select pg_advisory_xact_lock($1)', [HOLD]);
    },

    async put({ kind, enabled, events, includeReason, publicSettings }, sealed) {
      await sql(
        `insert into receiver (kind, enabled, events, include_reason, shown,
           algorithm, master_key_id, wrapped_key, iv, ciphertext, tag)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (kind) do update set enabled = $2, events = $3, include_reason = $4, shown = $5,
           algorithm = $6, master_key_id = $7, wrapped_key = $8, iv = $9, ciphertext = $10, tag = $11,
           version = receiver.version + 1, updated_at = clock_timestamp(), failing_since = null, disabled_because = null`,
        [kind, enabled, events ?? null, includeReason, publicSettings, ...sealedColumns(sealed)],
      );
      await sql('select pg_notify($1, $2)', [DELIVERY_CHANNEL, '']);
    },

    async disable(kind, version, because, failingForMs) {
      const rows = await sql(
        `update receiver set enabled = false, disabled_because = left($2, 200), updated_at = clock_timestamp()
         where kind = $1 and enabled and version = $4 and ($3::float8 is null
           or failing_since <= clock_timestamp() - $3::float8 * interval '1 ms')
         returning kind`,
        [kind, because, failingForMs ?? null, version],
      );
      return rows.length > 0;
    },

    async giveUp(kind, error) {
      await sql(
        `update notification set state = 'dead', settled_at = clock_timestamp(), leased_until = null, last_error = $2
         where receiver = $1 and state = 'waiting'`,
        [kind, error],
      );
    },

    async replay(which) {
      const [ids, kind, state, since] =
        'ids' in which
          ? [which.ids, null, null, null]
          : [null, which.receiver, which.state, which.since ?? null];
      const rows = await sql(
        `update notification set state = 'waiting', settled_at = null, attempts = 0, leased_until = null,
           not_before = clock_timestamp()
         where state <> 'waiting' and ($1::text[] is null or id = any($1)) and ($2::text is null or receiver = $2)
           and ($3::text is null or state = $3) and ($4::timestamptz is null or created_at >= $4)
         returning id`,
        [ids, kind, state, since],
      );
      await sql('select pg_notify($1, $2)', [DELIVERY_CHANNEL, '']);
      return rows.length;
    },
  };
}

interface SealedRow {
  readonly version: number;
  readonly algorithm: 1;
  readonly master_key_id: string;
  readonly wrapped_key: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

const toSealed = (row: SealedRow): SealedValue => ({
  algorithm: row.algorithm,
  masterKeyId: row.master_key_id,
  wrappedKey: row.wrapped_key,
  iv: row.iv,
  ciphertext: row.ciphertext,
  tag: row.tag,
});

const sealedColumns = ({
  algorithm,
  masterKeyId,
  wrappedKey,
  iv,
  ciphertext,
  tag,
}: SealedValue) => [algorithm, masterKeyId, wrappedKey, iv, ciphertext, tag];

const toRow = (row: Row): ReceiverRow => ({
  kind: row.kind,
  enabled: row.enabled,
  events: row.events ?? undefined,
  includeReason: row.include_reason,
  publicSettings: row.shown,
  version: row.version,
  updatedAt: row.updated_at,
  disabledBecause: row.disabled_because ?? undefined,
});

interface DeliveryRow {
  readonly id: string;
  readonly receiver: NotificationDelivery['receiver'];
  readonly event_id: string;
  readonly type: NotificationDelivery['type'];
  readonly sequence: string;
  readonly state: NotificationDelivery['state'];
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly settled_at: Date | null;
  readonly not_before: Date;
}

const toDelivery = (row: DeliveryRow): NotificationDelivery => ({
  id: row.id,
  receiver: row.receiver,
  notification: row.event_id,
  type: row.type,
  sequence: Number(row.sequence),
  state: row.state,
  attempts: row.attempts,
  lastError: row.last_error ?? undefined,
  createdAt: row.created_at,
  settledAt: row.settled_at ?? undefined,
  nextTry: row.state === 'waiting' ? row.not_before : undefined,
});
