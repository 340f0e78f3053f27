/** Notifications on the wire: who is told, of what, and what became of it. Addresses go in, and never come out. */

import { z } from 'zod';
import { RECIPIENTS_MAX, WEBHOOK_URL_MAX } from '../domain/limits.js';
import { NOTIFICATION_TYPES, RECEIVERS } from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { email, moment, page, timestamp } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const receiverKind = z.enum(RECEIVERS);
export const notificationType = z.enum(NOTIFICATION_TYPES);
export const deliveryState = z.enum(['waiting', 'sent', 'dead']);

const events = z
  .array(z.enum(['*', ...NOTIFICATION_TYPES]))
  .min(1)
  .max(NOTIFICATION_TYPES.length + 1);

/** What the three have in common. */
const common = {
  enabled: z.boolean().optional(),
  /** Without it: everything but reads. */
  events: events.optional(),
  /** Pass people's reasons on. */
  includeReason: z.boolean().optional(),
};

const ADDRESS = accepts('a URL of at most 2000 characters that begins with https://');
const address = z
  .string(ADDRESS)
  .max(WEBHOOK_URL_MAX, ADDRESS)
  .refine((text) => /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text), ADDRESS);

const receiver = {
  enabled: z.boolean(),
  events: z.array(z.string()).optional(),
  includeReason: z.boolean(),
  updatedAt: timestamp,
  /** Why it was switched off by itself. */
  disabledBecause: z.string().optional(),
};
/** `origin`: scheme and host; the rest of an address is a secret. */
const receivers = z.object({
  email: z.object({ ...receiver, recipients: z.array(z.string()) }).optional(),
  slack: z.object({ ...receiver, channel: z.string().optional(), origin: z.string() }).optional(),
  webhook: z
    .object({
      ...receiver,
      origin: z.string(),
      /** What signs from now on; in this answer only. */
      secret: z.string().optional(),
    })
    .optional(),
});
described.add(receivers, { id: 'Receivers' });
export type WireReceivers = z.output<typeof receivers>;

const delivery = z.object({
  id: z.string(),
  receiver: z.string(),
  /** The id that the receiver sees, the same at every try. */
  notification: z.string(),
  type: z.string(),
  /** Of the event on the audit trail. */
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

const SCOPES = ['notifications:manage'] as const;

export const notificationRoutes = {
  show: {
    ...noInput,
    method: 'GET',
    path: '/notifications',
    summary: 'Who is told of what outside of the Slack app.',
    scopes: SCOPES,
    answer: receivers,
  },
  configure: {
    ...noInput,
    method: 'PATCH',
    path: '/notifications',
    summary:
      'Say who is told of what. What is not named stays as it is; setting up a webhook answers with its signing secret, once.',
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
          /** Of an incoming webhook. It is a secret: whoever has it can post. */
          webhookUrl: address.optional(),
          /** For people; Slack posts where the webhook was made for. */
          channel: z
            .string()
            .max(80)
            .regex(/^[^\p{C}]*$/u)
            .optional(),
        })
        .optional(),
      webhook: z
        .strictObject({
          ...common,
          url: address.optional(),
          /** Makes another signing secret; the one before signs too, for a day. */
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
    summary: 'Tell one receiver, now, that this is a test.',
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
    summary: 'What receivers were told and are still to be told, newest first.',
    scopes: SCOPES,
    query: z.strictObject({
      ...page.shape,
      after: z
        .string()
        .regex(/^\d{1,15}:[a-z]{1,10}$/)
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
      'Tell things once more, under the same ids: these, or all of one receiver that were given up or sent.',
    scopes: SCOPES,
    body: z
      .strictObject({
        ids: z
          .array(z.string().regex(/^dlvr_[0-9A-Za-z]{22,32}$/))
          .min(1)
          .max(100)
          .optional(),
        /** Instead of ids: all of it that ended like `state`. */
        receiver: receiverKind.optional(),
        state: deliveryState.exclude(['waiting']).optional(),
        since: moment.optional(),
      })
      .refine(({ ids, receiver }) => (ids === undefined) !== (receiver === undefined), {
        error: 'name either ids or a receiver',
        path: ['ids'],
      }),
    answer: z.object({ replayed: z.int() }),
  },
} as const satisfies Record<string, Route>;
