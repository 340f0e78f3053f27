/** JSON bodies: one type, one size, and no deeper than anything the API takes. */

import express, { type Request, type RequestHandler } from 'express';
import { sendProblem } from './problem.js';

const LIMIT = '256kb';
/** Levels of arrays and objects. The deepest that the API knows, a set of policies, has six. */
const MAX_DEPTH = 8;

const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const refuseOtherTypes: RequestHandler = (req, res, next) => {
  if (!hasBody(req) || req.is('application/json')) return next();
  sendProblem(res, {
    status: 415,
    code: 'invalid_input',
    detail: 'The body must be sent as application/json.',
  });
};

const refuseDeep: RequestHandler = (req, res, next) => {
  if (!isDeeperThan(req.body, MAX_DEPTH)) return next();
  sendProblem(res, {
    status: 400,
    code: 'invalid_input',
    detail: `The body is nested more than ${MAX_DEPTH} levels deep.`,
  });
};

/** Refuses bodies of another type, which Express would silently skip, then parses under the limit. */
export const jsonBody: readonly RequestHandler[] = [
  refuseOtherTypes,
  express.json({ limit: LIMIT, inflate: false }),
  refuseDeep,
];

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
