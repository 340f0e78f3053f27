/** The body of a POST, read within limits before the protocol sees it. */

import { INVALID_REQUEST, PARSE_ERROR } from '@modelcontextprotocol/server';
import { json, type Request, type Response } from 'express';

/** Bytes. The largest honest call is a reason of a few kilobytes and twenty resources. */
export const BODY_MAX_BYTES = 256 * 1024;
/** Levels of nesting. The protocol itself needs fewer than ten. */
const DEPTH_MAX = 32;

/** What to answer instead, in HTTP and in JSON-RPC; it repeats nothing of the body. */
export interface Unreadable {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** Leaves the parsed body in `req.body`; answers with what is wrong, or undefined. */
export type ReadBody = (req: Request, res: Response) => Promise<Unreadable | undefined>;

export function createReadBody(): ReadBody {
  // Compressed bodies are refused: a small one could become a large one.
  const parse = json({ limit: BODY_MAX_BYTES, inflate: false, type: () => true });
  return async (req, res) => {
    const problem = await new Promise<unknown>((resolve) => parse(req, res, resolve));
    if (problem) return unreadable(problem);
    return tooDeep(req.body, DEPTH_MAX)
      ? { status: 400, code: INVALID_REQUEST, message: 'The request body is nested too deeply' }
      : undefined;
  };
}

function unreadable(problem: unknown): Unreadable {
  switch (statusOf(problem)) {
    case 413:
      return { status: 413, code: -32000, message: `The body exceeds ${BODY_MAX_BYTES} bytes` };
    case 415:
      return { status: 415, code: -32000, message: 'The body must be plain UTF-8 JSON' };
    default:
      return { status: 400, code: PARSE_ERROR, message: 'Parse error: the body is not JSON' };
  }
}

function statusOf(problem: unknown): unknown {
  return typeof problem === 'object' && problem !== null && 'status' in problem
    ? problem.status
    : undefined;
}

function tooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => tooDeep(inner, levels - 1));
}
