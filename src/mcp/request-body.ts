/** Reads the body of a POST, within limits, before the protocol sees it. */

import { INVALID_REQUEST, PARSE_ERROR } from '@modelcontextprotocol/server';
import { type Request, type Response, raw } from 'express';
import { type JsonLimits, type JsonProblem, readStrictJson } from '../contract/strict-json.js';
import {
  MCP_BODY_MAX_BYTES,
  MCP_BODY_MAX_LEVELS,
  MCP_BODY_MAX_NAMES,
  MCP_BODY_MAX_VALUES,
} from '../domain/limits.js';

const LIMITS: JsonLimits = {
  levels: MCP_BODY_MAX_LEVELS,
  names: MCP_BODY_MAX_NAMES,
  values: MCP_BODY_MAX_VALUES,
};

/** The error to answer with, in HTTP and in JSON-RPC. It repeats nothing of the body. */
export interface BodyProblem {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** Puts the parsed body into `req.body`. Returns what is wrong with it, or undefined. */
export type ReadBody = (req: Request, res: Response) => Promise<BodyProblem | undefined>;

export function createReadBody(): ReadBody {
  // Refuses compressed bodies: a small one could expand to a large one.
  const parseRaw = raw({ limit: MCP_BODY_MAX_BYTES, inflate: false, type: () => true });
  return async (req, res) => {
    // The protocol refuses other methods.
    if (req.method !== 'POST') return undefined;
    const error = await new Promise<unknown>((resolve) => parseRaw(req, res, resolve));
    if (error) return problemOfError(error);
    const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const read = readStrictJson(bytes, LIMITS);
    if (!read.ok) return problemOfJson(read.problem);
    req.body = read.value;
    return Array.isArray(read.value) ? BATCH : undefined;
  };
}

/** The protocol dropped batches in 2025-06-18: one small body could ask for thousands of answers. */
const BATCH: BodyProblem = {
  status: 400,
  code: INVALID_REQUEST,
  message: 'Batches are not supported: send one message per request',
};

function problemOfJson(problem: JsonProblem): BodyProblem {
  switch (problem) {
    case 'not_json':
      return { status: 400, code: PARSE_ERROR, message: 'Parse error: the body is not JSON' };
    case 'too_complex':
      return invalidRequest(
        `The body may be nested at most ${MCP_BODY_MAX_LEVELS} levels deep and have at most ${MCP_BODY_MAX_NAMES} names and ${MCP_BODY_MAX_VALUES} values`,
      );
    case 'ambiguous':
      return invalidRequest(
        'The body is ambiguous JSON: it has a duplicate or forbidden name, a lone surrogate or a number out of range',
      );
  }
}

const invalidRequest = (message: string): BodyProblem => ({
  status: 400,
  code: INVALID_REQUEST,
  message,
});

function problemOfError(error: unknown): BodyProblem {
  switch (statusOf(error)) {
    case 413:
      return {
        status: 413,
        code: -32000,
        message: `The body exceeds ${MCP_BODY_MAX_BYTES} bytes`,
      };
    case 415:
      return { status: 415, code: -32000, message: 'The body must be uncompressed UTF-8 JSON' };
    default:
      return { status: 400, code: PARSE_ERROR, message: 'Parse error: the body is not JSON' };
  }
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'status' in error
    ? error.status
    : undefined;
}
