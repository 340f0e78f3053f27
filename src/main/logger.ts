/** Logs go to stderr, because stdout carries command output and protocols. JSON, or a readable format on a terminal. */

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { currentRequest } from './request-context.js';

/** An error is logged as name and code only: messages of database errors may contain parameters. */
const serializers = {
  err: (error: unknown) =>
    error instanceof Error
      ? { name: error.name, code: 'code' in error ? error.code : undefined }
      : {},
};

/** Adds the current request's id to every line. A line's own `request` field wins. */
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
