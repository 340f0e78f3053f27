/** Where a new value comes from: it was given, or it is made here. With neither, a person has to give it, past the AI tool. */

import { TOKEN_LENGTH_DEFAULT } from '../../domain/limits.js';
import { type Result, refused } from '../../domain/result.js';
import type { MakeToken } from '../../ports/index.js';
import { checkSize } from './secret-versions.js';

/** Either a value, or the wish to have one made here that nobody sees. */
export interface ValueInput {
  readonly resource: string;
  readonly value?: string | undefined;
  /** `length` in characters. */
  readonly generate?: { readonly length?: number | undefined } | undefined;
}

/** The bytes to store. Refuses with `needs_value` and the command for a person when there is nothing to store. */
export function newValue(wish: ValueInput, makeToken: MakeToken): Result<Uint8Array> {
  const { resource, value, generate } = wish;
  if (value !== undefined && generate)
    return refused({ code: 'invalid_input', problem: 'Give a value or generate, not both.' });
  if (generate) return { ok: true, value: bytesOf(token(makeToken, generate.length)) };
  if (value === undefined) return refused({ code: 'needs_value', command: commandFor(resource) });
  const bytes = bytesOf(value);
  return checkSize(bytes) ?? { ok: true, value: bytes };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Base64url holds six bits in a character. */
function token(makeToken: MakeToken, length = TOKEN_LENGTH_DEFAULT): string {
  return makeToken(Math.ceil((length * 6) / 8)).slice(0, length);
}

/** The resource is a checked one: it holds nothing that a shell would read. */
function commandFor(resource: string): string {
  const template = 'vsecure://templates/';
  if (resource.startsWith(template))
    return `vsecure secrets:set --template ${resource.slice(template.length)}`;
  return `vsecure secrets:set ${resource.slice('vsecure://secrets/'.length)}`;
}
