/** Converts a handler's return value or error to a tool result. */

import type { CallToolResult } from '@modelcontextprotocol/server';
import { VSecureError } from '../errors.js';

/** Returns text as it is and other values as JSON. A plain object is also the structured content. Throws TypeError for a value that has no JSON form. */
export function resultOf(returned: unknown): CallToolResult {
  if (returned === undefined) return { content: [] };
  if (typeof returned === 'string') return text(returned);
  const json = JSON.stringify(returned);
  if (json === undefined) throw new TypeError(`a tool cannot return a ${typeof returned}`);
  // Parse the JSON again, so that text and structured content agree: a value may define toJSON.
  const value: unknown = JSON.parse(json);
  return isObject(value) ? { ...text(json), structuredContent: value } : text(json);
}

/** Returns a tool error with the message of the thrown value. A VSecureError adds its code and what to do next. */
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

const text = (content: string): CallToolResult => ({
  content: [{ type: 'text', text: content }],
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
