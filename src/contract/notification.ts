/** Notification receivers and deliveries in the API. Addresses are write-only. */

import { z } from 'zod';
import { RECIPIENTS_MAX, WEBHOOK_URL_MAX } from '../domain/limits.js';
import { NOTIFICATION_TYPES, RECEIVERS } from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { CURSOR, email, moment, page, timestamp } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const receiverKind = z.enum(RECEIVERS);
export const notificationType = z.enum(NOTIFICATION_TYPES);
export const deliveryState = z.enum(['waiting', 'sent', 'dead']);

const events = z
  .array(z.enum(['*', ...NOTIFICATION_TYPES]))
  .min(1)
  .max(NOTIFICATION_TYPES.length + 1);

/** Settings that all three receivers have. */
const common = {
  enabled: z.boolean().optional(),
  /** Default: all events except reads. */
  events: events.optional(),
  /** Include reasons that people and tools wrote. */
  includeReason: z.boolean().optional(),
};

const ADDRESS = accepts(
  'a URL',
  `an address that starts with https:// and has at most ${WEBHOOK_URL_MAX} characters`,
);
const address = z
  .string(ADDRESS)
  .max(WEBHOOK_URL_MAX, ADDRESS)
  .refine((text) => /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text), ADDRESS);

const receiver = {
  enabled: z.boolean(),
  events: z.array(z.string()).optional(),
  includeReason: z.boolean(),
  updatedAt: timestamp,
  /** Why vsecure disabled the receiver itself. */
  disabledBecause: z.string().optional(),
};
/** `origin` is scheme and host. The rest of the address is a secret. */
const receivers = z.object({
  email: z.object({ ...receiver, recipients: z.array(z.string()) }).optional(),
  slack: z.object({ ...receiver, channel: z.string().optional(), origin: z.string() }).optional(),
  webhook: z
    .object({
      ...receiver,
      origin: z.string(),
      /** The new signing secret. Only this answer contains it. */
      secret: z.string().optional(),
    })
    .optional(),
});
described.add(receivers, { id: 'Receivers' });
export type WireReceivers = z.output<typeof receivers>;

const delivery = z.object({
  id: z.string(),
  receiver: z.string(),
  /** The id that the receiver sees, the same for every attempt. */
  notification: z.string(),
  type: z.string(),
  /** Sequence of the event in the audit trail. */
  sequence: z.int(),
  state: deliveryState,
  attempts: z.int(),
  lastError: z.string().optional(),
  createdAt: timestamp,
  settledAt: timestamp.optional(),
  nextTry: timestamp.optional(),
});
described.add(delivery, { id: 'NotificationDelivery' });
export type WireDelivery = z.output<typeof delivery>;

const DELIVERY_ID = accepts('a delivery id', 'an id that starts with dlvr_');

const SCOPES = ['notifications:manage'] as const;

export const notificationRoutes = {
  show: {
    ...noInput,
    method: 'GET',
    path: '/notifications',
    summary: 'List notification receivers and the events each one gets.',
    scopes: SCOPES,
    answer: receivers,
  },
  configure: {
    ...noInput,
    method: 'PATCH',
    path: '/notifications',
    summary:
      'Configure receivers. Absent settings stay unchanged. Creating a webhook returns its signing secret once.',
    scopes: SCOPES,
    body: z.strictObject({
      email: z
        .strictObject({
          ...common,
          recipients: z.array(email).min(1).max(RECIPIENTS_MAX).optional(),
        })
        .optional(),
      slack: z
        .strictObject({
          ...common,
          /** URL of an incoming webhook. It is a secret: any holder can post. */
          webhookUrl: address.optional(),
          /** For display only. The webhook decides where Slack posts. */
          channel: z
            .string()
            .max(80)
            .regex(/^[^\p{C}]*$/u, accepts('a channel name', 'printable characters'))
            .optional(),
        })
        .optional(),
      webhook: z
        .strictObject({
          ...common,
          url: address.optional(),
          /** Creates a new signing secret. The previous one also signs for another day. */
          rotateSecret: z.boolean().optional(),
        })
        .optional(),
    }),
    answer: receivers,
  },
  test: {
    ...noInput,
    method: 'POST',
    path: '/notifications/test',
    summary: 'Send a test notification to one receiver.',
    scopes: SCOPES,
    body: z.strictObject({ receiver: receiverKind }),
    answer: z.object({
      receiver: receiverKind,
      outcome: z.enum(['sent', 'failed']),
      error: z.string().optional(),
    }),
  },
  deliveries: {
    ...noInput,
    method: 'GET',
    path: '/notifications/deliveries',
    summary: 'List notification deliveries, newest first.',
    scopes: SCOPES,
    query: z.strictObject({
      ...page.shape,
      after: z
        .string()
        .regex(/^\d{1,15}:[a-z]{1,10}$/, CURSOR)
        .optional(),
      receiver: receiverKind.optional(),
      state: deliveryState.optional(),
      type: notificationType.optional(),
    }),
    answer: listOf(delivery),
  },
  replay: {
    ...noInput,
    method: 'POST',
    path: '/notifications/replay',
    summary:
      'Send notifications again with the same ids: the given ones, or all dead or sent ones of a receiver.',
    scopes: SCOPES,
    body: z
      .strictObject({
        ids: z
          .array(z.string().regex(/^dlvr_[0-9A-Za-z]{22,32}$/, DELIVERY_ID))
          .min(1)
          .max(100)
          .optional(),
        /** Instead of ids: all deliveries of this receiver in `state`. */
        receiver: receiverKind.optional(),
        state: deliveryState.exclude(['waiting']).optional(),
        since: moment.optional(),
      })
      .refine(({ ids, receiver }) => (ids === undefined) !== (receiver === undefined), {
        error: 'give either ids or a receiver',
        path: ['ids'],
      }),
    answer: z.object({ replayed: z.int() }),
  },
} as const satisfies Record<string, Route>;
