/** A request for a stream of changes (`subscriptions/listen`, protocol 2026-07-28), as far as it matters before the SDK sees it. */

import { z } from 'zod';
import { takesTasks } from './extensions.js';

export interface ListenRequest {
  readonly id: string | number;
  /** The resources to be told about, each once. Undefined when there is no list that can be read. */
  readonly uris: readonly string[] | undefined;
  /** Asks for tasks, which only a client may that declares them. */
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

/** Undefined when the message is anything else. */
export function readListen(message: unknown): ListenRequest | undefined {
  const read = listen.safeParse(message);
  if (!read.success) return undefined;
  const { id } = read.data;
  const wish = params.safeParse(read.data.params);
  if (!wish.success) return { id, uris: undefined, undeclaredTasks: false };
  const { _meta, notifications } = wish.data;
  return {
    id,
    uris: [...new Set(notifications.resourceSubscriptions)],
    undeclaredTasks: notifications.taskIds !== undefined && !takesTasks(_meta),
  };
}
