/** What a handler returns or throws, as the result of a tool. */

import type { CallToolResult } from '@modelcontextprotocol/server';
import { VSecureError } from '../errors.js';

/** Text as it is, all else as JSON; a plain object is the structured content besides. Throws TypeError for what is not JSON. */
export function resultOf(returned: unknown): CallToolResult {
  if (returned === undefined) return { content: [] };
  if (typeof returned === 'string') return text(returned);
  const json = JSON.stringify(returned);
  if (json === undefined) throw new TypeError(`a tool cannot return a ${typeof returned}`);
  // Read back, so that both say the same: a value may have a JSON form of its own.
  const value: unknown = JSON.parse(json);
  return isObject(value) ? { ...text(json), structuredContent: value } : text(json);
}

/** A tool error with the message of what was thrown; an error of vsecure's says its code and what to do besides. */
export function errorResult(thrown: unknown): CallToolResult {
  return { ...text(messageOf(thrown)), isError: true };
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof VSecureError) {
    const { code, message, next } = thrown;
    return next === undefined ? `${code}: ${message}` : `${code}: ${message} ${next}`;
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}

const text = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
