/** Recognises that the database cannot be used at the moment, and keeps every statement within a time limit. */

import { performance } from 'node:perf_hooks';
import { UnavailableError } from '../ports/unavailable.js';

/** A connection, as far as its state matters. */
interface Connection {
  readonly lost: boolean;
  readonly answerTimeout: number;
  destroy(): void;
}

export interface Statement {
  /** It makes changes permanent: when its answer is lost, the outcome is unknown. */
  readonly commits?: boolean;
  /** Milliseconds. Default: the connection's own limit. */
  readonly timeout?: number;
}

/** SQLSTATE classes: connection, insufficient resources, operator intervention, system error. https://www.postgresql.org/docs/18/errcodes-appendix.html */
const CLASSES = new Set(['08', '53', '57', '58']);
/** Read-only (a former primary), idle in transaction, transaction timeout, serialization failure, deadlock, lock not available. */
const CODES = new Set(['25006', '25P03', '25P04', '40001', '40P01', '55P03']);
/** After these the connection is as good as before: disk full, serialization failure, deadlock, lock not available, statement timeout. */
const HARMLESS = new Set(['53100', '40001', '40P01', '55P03', '57014']);

/** The statement's connection broke. Another connection may work. */
class LostConnectionError extends UnavailableError {}

/**
 * Runs a statement. A connection that does not answer in time is destroyed, and so is one that cannot be used any more. Throws
 * UnavailableError when the database cannot be used at the moment, and the statement's own error otherwise.
 */
export async function answered<T>(
  connection: Connection,
  statement: () => Promise<T>,
  { commits = false, timeout = connection.answerTimeout }: Statement = {},
): Promise<T> {
  const timer = setTimeout(() => connection.destroy(), timeout);
  try {
    return await statement();
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    const code = fieldOf(error, 'code');
    const severity = fieldOf(error, 'severity');
    // Most errors of a broken connection have no code: what counts is that the connection is gone.
    const lost = connection.lost || severity === 'FATAL' || severity === 'PANIC';
    if (!lost && !CODES.has(code) && !CLASSES.has(code.slice(0, 2))) throw error;
    if (lost || !HARMLESS.has(code)) connection.destroy();
    throw lost ? new LostConnectionError(!commits, error) : new UnavailableError(true, error);
  } finally {
    clearTimeout(timer);
  }
}

function fieldOf(error: unknown, name: 'code' | 'severity'): string {
  if (typeof error !== 'object' || error === null || !(name in error)) return '';
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}

/** Whether a statement outside a transaction only reads. */
export const onlyReads = (text: string): boolean =>
  /^\s*select\b/i.test(text) ||
  (/^\s*with\b/i.test(text) && !/\b(insert|update|delete|merge)\b/i.test(text));

/** Milliseconds. A statement that took longer is not repeated: its caller has waited long enough. */
const REPEAT_WITHIN = 1_000;
/**
 * After a failover, or when an administrator ended all sessions, each connection of the pool may be broken, and shows it only when it is
 * used. Each attempt removes one of them, so that this many (more than a pool has) reach a new connection.
 */
const LOST_MAX = 32;

/**
 * Repeats the work when the database changed nothing: as long as it meets broken connections, and once after any other trouble. The pool
 * drops each broken connection. Throws the last error.
 */
export async function repeated<T>(
  work: () => Promise<T>,
  mayRepeat: () => boolean = () => true,
): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const undone = error instanceof UnavailableError && error.undone;
      const most = error instanceof LostConnectionError ? LOST_MAX : 1;
      const late = attempt > most || performance.now() - started > REPEAT_WITHIN;
      if (!undone || late || !mayRepeat()) throw error;
    }
  }
}
