/** The parts of a `subscriptions/listen` request (protocol 2026-07-28) that vsecure checks before the SDK sees it. */

import { z } from 'zod';
import { takesTasks } from './extensions.js';

export interface ListenRequest {
  readonly id: string | number;
  /** The resources to send notifications about, without duplicates. Undefined when the request has no readable list. */
  readonly uris: readonly string[] | undefined;
  /** The request asks for notifications about tasks, and its client has not declared the tasks extension. */
  readonly undeclaredTasks: boolean;
}

const listen = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal('subscriptions/listen'),
  params: z.unknown().optional(),
});

const params = z.object({
  _meta: z.unknown().optional(),
  notifications: z.object({
    resourceSubscriptions: z.array(z.string()).default([]),
    taskIds: z.unknown().optional(),
  }),
});

/** Undefined for any other message. */
export function readListenRequest(message: unknown): ListenRequest | undefined {
  const request = listen.safeParse(message);
  if (!request.success) return undefined;
  const { id } = request.data;
  const parsed = params.safeParse(request.data.params);
  if (!parsed.success) return { id, uris: undefined, undeclaredTasks: false };
  const { _meta, notifications } = parsed.data;
  return {
    id,
    uris: [...new Set(notifications.resourceSubscriptions)],
    undeclaredTasks: notifications.taskIds !== undefined && !takesTasks(_meta),
  };
}
