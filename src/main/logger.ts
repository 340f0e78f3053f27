/** Logs go to stderr: stdout belongs to answers and protocols. JSON for machines, pretty on a terminal. */

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { currentRequest } from './request-context.js';

/** Error objects are reduced to name and code: messages of database errors may hold parameters. */
const serializers = {
  err: (error: unknown) =>
    error instanceof Error
      ? { name: error.name, code: 'code' in error ? error.code : undefined }
      : {},
};

/** Every line names the request in which it was written; what a line says of itself goes before. */
const mixin = () => {
  const request = currentRequest()?.request;
  return request === undefined ? {} : { request };
};

export const loggerOptions = (level: string) => ({ level, serializers, mixin, base: null });

export function createLogger(level: string): Logger {
  const options = loggerOptions(level);
  if (process.stderr.isTTY)
    return pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }));
  return pino(options, pino.destination({ dest: 2, sync: true }));
}
