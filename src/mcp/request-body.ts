/** The body of a POST, read within limits before the protocol sees it. */

import { INVALID_REQUEST, PARSE_ERROR } from '@modelcontextprotocol/server';
import { type Request, type Response, raw } from 'express';
import { MCP_BODY_MAX_BYTES } from '../domain/limits.js';
import { type JsonLimits, type JsonProblem, readStrictJson } from './strict-json.js';

/** The protocol itself needs fewer than ten levels and a hundred names. */
const LIMITS: JsonLimits = { levels: 32, names: 1000 };

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
  const collect = raw({ limit: MCP_BODY_MAX_BYTES, inflate: false, type: () => true });
  return async (req, res) => {
    // Other methods are refused for what they are.
    if (req.method !== 'POST') return undefined;
    const problem = await new Promise<unknown>((resolve) => collect(req, res, resolve));
    if (problem) return uncollected(problem);
    const text = Buffer.isBuffer(req.body) ? asText(req.body) : '';
    if (text === undefined) return wrong('not_json');
    const read = readStrictJson(text, LIMITS);
    if (!read.ok) return wrong(read.problem);
    req.body = read.value;
    return Array.isArray(read.value) ? BATCH : undefined;
  };
}

/** The protocol gave them up (2025-06-18): one small body could ask for thousands of answers. */
const BATCH: Unreadable = {
  status: 400,
  code: INVALID_REQUEST,
  message: 'Batches are not served: send one message in a request',
};

/** The sender's word for the encoding has no say: JSON between systems is UTF-8 (RFC 8259, section 8.1). */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function wrong(problem: JsonProblem): Unreadable {
  switch (problem) {
    case 'not_json':
      return { status: 400, code: PARSE_ERROR, message: 'Parse error: the body is not JSON' };
    case 'too_complex':
      return refusedForm('The request body is nested too deeply or has too many names');
    case 'ambiguous':
      return refusedForm(
        'The request body is not unambiguous JSON: a name twice or not allowed, half a character, or a number without a value',
      );
  }
}

const refusedForm = (message: string): Unreadable => ({
  status: 400,
  code: INVALID_REQUEST,
  message,
});

function uncollected(problem: unknown): Unreadable {
  switch (statusOf(problem)) {
    case 413:
      return { status: 413, code: -32000, message: `The body exceeds ${MCP_BODY_MAX_BYTES} bytes` };
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
