/** Where errors end: those of the request get a fixed sentence, ours a reference to the log. Neither shows what was sent. */

import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Log } from '../ports/index.js';
import { sendProblem, type Trouble } from './problem.js';

/** The part of the log that this room uses. */
export type Logger = Pick<Log, 'error'>;

export const unknownRoute: RequestHandler = (_req, res) => {
  sendProblem(res, {
    status: 404,
    code: 'not_found',
    detail: 'There is no such path, or not for this method.',
  });
};

/** Express' and the parsers' own errors, by status. Their messages are not passed on: they quote the body. */
const TROUBLE: Record<number, string> = {
  400: 'The request could not be read: the body must be valid JSON, and the path properly encoded.',
  413: 'The body is larger than 256 kB.',
  415: 'The body must be sent as application/json in UTF-8.',
};

export function createErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    const trouble = troubleOf(error);
    if (res.headersSent) {
      if (!trouble) logger.error({ method: req.method, error: traces(error) }, 'answer broke off');
      return next(error);
    }
    if (trouble) return void sendProblem(res, trouble);
    const detail =
      'Something went wrong on the server. Its log has the details under this reference.';
    const reference = sendProblem(res, { status: 500, code: 'internal', detail });
    const route = `${req.method} ${req.baseUrl}${req.route?.path ?? ''}`;
    logger.error({ reference, route, error: traces(error) }, 'request failed');
  };
}

function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const detail = TROUBLE[status];
  return {
    status: detail ? status : 400,
    code: 'invalid_input',
    detail: detail ?? TROUBLE[400] ?? '',
  };
}

/** Where an error came from, without its message: those of drivers and of Node quote values. */
function traces(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const at = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? undefined : traces(error.cause);
  return { name: error.name, code, at: at?.map((line) => line.trim()), cause };
}
