/** Parses JSON request bodies. Refuses other content types, bodies over the size limit and bodies nested too deeply. */

import express, { type Request, type RequestHandler } from 'express';
import { REST_BODY_MAX_BYTES } from '../domain/limits.js';
import { sendProblem } from './problem.js';

/** Levels of arrays and objects. The deepest body of the API, a policy set, has six. */
const MAX_DEPTH = 8;

const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const refuseOtherTypes: RequestHandler = (req, res, next) => {
  if (!hasBody(req) || req.is('application/json')) return next();
  sendProblem(res, {
    status: 415,
    code: 'invalid_input',
    detail: 'The body must be application/json.',
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

/** Express skips bodies of another content type silently, so they are refused first. */
export const jsonBody: readonly RequestHandler[] = [
  refuseOtherTypes,
  express.json({ limit: REST_BODY_MAX_BYTES, inflate: false }),
  refuseDeep,
];

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
