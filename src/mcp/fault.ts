/** What the log records of a thrown error: its type and where it happened. The message is left out: it may hold SQL, parameters or a secret value. */

import { UnavailableError } from '../ports/unavailable.js';

/** Pino, or any other logger that writes structured lines. */
export interface Logger {
  debug(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What the client learns of an error: that the database is not available, or a reference that finds the error in the log. */
export interface ReportedFault {
  readonly code: 'internal' | 'unavailable';
  readonly message: string;
}

/** Logs an error. */
export type ReportFault = (fault: unknown, where: string) => ReportedFault;

/** `hasChanged`: whether the current request has committed a change. */
export function createReportFault(logger: Logger, hasChanged: () => boolean): ReportFault {
  return (fault, where) => {
    const reference = crypto.randomUUID();
    const unavailable = fault instanceof UnavailableError ? fault : undefined;
    const cause = unavailable?.cause ?? fault;
    const text = unavailable ? 'mcp: the database is not available' : 'mcp: internal error';
    logger.error({ reference, where, ...describeFault(cause) }, text);
    if (!unavailable)
      return { code: 'internal', message: `internal error, reference ${reference}` };
    const { code, message } = hasChanged() ? unavailable.afterChange() : unavailable;
    return { code, message };
  };
}

/** Name, code (of Node or Postgres) and stack frames. */
export function describeFault(fault: unknown) {
  if (!(fault instanceof Error)) return { name: typeof fault };
  return { name: fault.name, code: codeOf(fault), frames: framesOf(fault) };
}

function codeOf(fault: Error): string | undefined {
  if (!('code' in fault) || typeof fault.code !== 'string') return undefined;
  return /^[A-Z0-9_]{1,40}$/.test(fault.code) ? fault.code : undefined;
}

/** A stack begins with the message, and the message may look like frames. If the stack does not hold the message, no frame is safe to log. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const end = stack.indexOf(message) + message.length;
  if (!stack.includes(message)) return [];
  return stack
    .slice(end)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
