/** What the log records of a thrown error: its type and where it happened. The message is left out: it may hold SQL, parameters or a secret value. */

/** Pino, or any other logger that writes structured lines. */
export interface Logger {
  debug(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Logs an error and returns the reference that finds it in the log. */
export type ReportFault = (fault: unknown, where: string) => string;

export function createReportFault(logger: Logger): ReportFault {
  return (fault, where) => {
    const reference = crypto.randomUUID();
    logger.error({ reference, where, ...describeFault(fault) }, 'mcp: internal error');
    return reference;
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
