/**
 * A wait for a person as a task: extension `io.modelcontextprotocol/tasks`, 2026-07-28 (SEP-2663). Nothing is kept for it. The
 * task is the approval under another name, so every process knows it, and so does the next one.
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
/** Past the moment at which a request expires, so that nobody gives the task up before it says so. */
const SLACK = MINUTE;

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
    ttlMs: expiresAt.getTime() - createdAt.getTime() + SLACK,
    pollIntervalMs: POLL_EVERY,
  };
}
