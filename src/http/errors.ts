/** Answers errors: a bad request gets a fixed sentence, an internal error a reference to the log. Neither repeats what the client sent. */

import type { ErrorRequestHandler, RequestHandler } from 'express';
import { KEYLESS_BODY_MAX_BYTES, REST_BODY_MAX_BYTES } from '../domain/limits.js';
import type { Log } from '../ports/index.js';
import { RETRY_AFTER_SECONDS, UnavailableError } from '../ports/unavailable.js';
import { type ProblemFields, sendProblem } from './problem.js';

/** The part of the log that http/ uses. */
export type Logger = Pick<Log, 'error'>;

export const unknownRoute: RequestHandler = (_req, res) => {
  sendProblem(res, {
    status: 404,
    code: 'not_found',
    detail: 'This path does not exist, or does not accept this method.',
  });
};

/** Sentences for the errors of Express and the body parsers, by status. Their own messages quote the body, so they are not used. */
const SENTENCES: Record<number, string> = {
  400: 'The request cannot be read: the body must be valid JSON and the path must be percent-encoded correctly.',
  413: `The body is larger than ${REST_BODY_MAX_BYTES / 1024} KiB, or without a key larger than ${KEYLESS_BODY_MAX_BYTES / 1024} KiB.`,
  415: 'The body must be application/json in UTF-8.',
};

/** `hasChanged`: whether the current request has committed a change. */
export function createErrorHandler(
  logger: Logger,
  hasChanged: () => boolean = () => false,
): ErrorRequestHandler {
  return (error, req, res, next) => {
    const problem = problemOf(error);
    if (res.headersSent) {
      if (!problem)
        logger.error({ method: req.method, error: stackOf(error) }, 'the response failed midway');
      return next(error);
    }
    if (problem) return void sendProblem(res, problem);
    const route = `${req.method} ${req.baseUrl}${req.route?.path ?? ''}`;
    if (error instanceof UnavailableError) {
      const { undone, message: detail } = hasChanged() ? error.afterChange() : error;
      res.set('Retry-After', String(RETRY_AFTER_SECONDS));
      const reference = sendProblem(res, { status: 503, code: 'unavailable', detail, undone });
      logger.error(
        { reference, route, undone, error: stackOf(error) },
        'the database is not available',
      );
      return;
    }
    const detail =
      'Something went wrong on the server. Its log has the details under this reference.';
    const reference = sendProblem(res, { status: 500, code: 'internal', detail });
    logger.error({ reference, route, error: stackOf(error) }, 'request failed');
  };
}

function problemOf(error: unknown): ProblemFields | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const detail = SENTENCES[status];
  return {
    status: detail ? status : 400,
    code: 'invalid_input',
    detail: detail ?? SENTENCES[400] ?? '',
  };
}

/** Name, code and stack of an error, without its message: messages of drivers and of Node quote values. */
function stackOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const at = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? undefined : stackOf(error.cause);
  return { name: error.name, code, at: at?.map((line) => line.trim()), cause };
}
