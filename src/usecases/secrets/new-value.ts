/** Determine a new value: the caller gives it, or the server generates it. Without either, the answer is a command with which a person enters the value outside the AI tool. */

import { TOKEN_LENGTH_DEFAULT } from '../../domain/limits.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { MakeToken } from '../../ports/index.js';
import { checkSize } from './secret-versions.js';

/** Either a value, or `generate` for a value that the server generates and never shows. */
export interface ValueInput {
  readonly resource: string;
  readonly value?: string | undefined;
  /** `length` in characters. */
  readonly generate?: { readonly length?: number | undefined } | undefined;
}

/** Returns the bytes to store. Without a value, refuses with `needs_value` and the command for a person. */
export function newValue(input: ValueInput, makeToken: MakeToken): Result<Uint8Array> {
  const { resource, value, generate } = input;
  if (value !== undefined && generate)
    return refused({ code: 'invalid_input', problem: 'Give either value or generate, not both.' });
  if (generate) return ok(bytesOf(token(makeToken, generate.length)));
  if (value === undefined)
    return refused({
      code: 'needs_value',
      command: commandFor(resource),
      generate: !resource.startsWith(TEMPLATES),
    });
  const bytes = bytesOf(value);
  return checkSize(bytes) ?? ok(bytes);
}

/** A template is text that people write, so a random token is none. */
const TEMPLATES = 'vsecure://templates/';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A base64url character contains six bits. */
function token(makeToken: MakeToken, length = TOKEN_LENGTH_DEFAULT): string {
  return makeToken(Math.ceil((length * 6) / 8)).slice(0, length);
}

/** The resource is validated, so it contains no shell metacharacters. */
function commandFor(resource: string): string {
  if (resource.startsWith(TEMPLATES))
    return `vsecure secrets:set --template ${resource.slice(TEMPLATES.length)}`;
  return `vsecure secrets:set ${resource.slice('vsecure://secrets/'.length)}`;
}
