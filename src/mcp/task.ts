/**
 * Shows a wait for a decision as a task: extension `io.modelcontextprotocol/tasks`, 2026-07-28 (SEP-2663). The server stores no tasks. A
 * task is the approval under another name, so every process knows it, also after a restart.
 */

import type { Approval } from '../domain/approval.js';
import { MINUTE, SECOND } from '../domain/limits.js';

/** A task as the protocol shows it. Times are in milliseconds. */
export interface Task {
  readonly taskId: string;
  readonly status: 'working' | 'completed';
  readonly statusMessage: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
}

/** Milliseconds. */
const POLL_EVERY = 5 * SECOND;
/** Milliseconds for which a task outlives its request, so that a client still learns that the request has expired. */
const TTL_MARGIN = MINUTE;

/** A denial, a cancellation and an expiry complete the task like an approval: they are answers, not failures. */
export function taskOf(approval: Approval): Task {
  const { id, status, createdAt, expiresAt } = approval;
  const updated = approval.status === 'pending' ? createdAt : approval.settledAt;
  return {
    taskId: id,
    status: status === 'pending' ? 'working' : 'completed',
    statusMessage: status === 'pending' ? 'waiting for a person to decide' : status,
    createdAt: createdAt.toISOString(),
    lastUpdatedAt: updated.toISOString(),
    ttlMs: expiresAt.getTime() - createdAt.getTime() + TTL_MARGIN,
    pollIntervalMs: POLL_EVERY,
  };
}
