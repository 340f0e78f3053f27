/** Secrets that sign webhooks. */
import { randomBytes } from 'node:crypto';
import type { MakeSigningSecret } from '../ports/index.js';

/** Standard Webhooks asks for 24 to 64 bytes. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const BYTES = 32;

/** `whsec_` and 32 random bytes, base64. */
export const makeSigningSecret: MakeSigningSecret = () =>
  `whsec_${randomBytes(BYTES).toString('base64')}`;
