/** What the log may know of a thrown error: its kind and place. Its message may hold SQL, parameters or a value, so it stays out. */

/** Pino's, or anything that writes structured lines. */
export interface Logger {
  debug(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes a fault down and answers with the reference under which it can be found. */
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

/** The stack repeats the message at its head, which may itself look like frames; without finding it there, nothing is safe. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const end = stack.indexOf(message) + message.length;
  if (!stack.includes(message)) return [];
  return stack
    .slice(end)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
