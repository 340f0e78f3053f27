/** Reads a Web API call the way Slack does: form or JSON body, JSON inside form fields, or a query. */

import type { IncomingMessage } from 'node:http';
import { asObject, type JsonObject, parseJson } from './json.js';

export async function readBytes(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The arguments of a call. A field like `blocks`, sent as JSON text, comes back as its value. */
export function parseArguments(request: IncomingMessage, bytes: Buffer): JsonObject {
  const text = bytes.toString();
  if (request.headers['content-type']?.includes('json')) return asObject(parseJson(text));
  const query = new URL(request.url ?? '/', 'http://slack').search;
  const fields = new URLSearchParams(text || query);
  return Object.fromEntries([...fields].map(([name, value]) => [name, parseField(value)]));
}

function parseField(value: string): unknown {
  return /^[[{]/.test(value) ? parseJson(value) : value;
}
