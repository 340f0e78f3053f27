/** The digest of a text. A card carries the digest of its request, and a decision is checked against it. */
import { createHash } from 'node:crypto';
import type { HashText } from '../domain/request-digest.js';

/**
 * SHA-256 (FIPS 180-4) over UTF-8, as 64 lower-case hex digits.
 * A lone surrogate has no UTF-8 form and counts as U+FFFD, so the caller must refuse such text.
 */
export const digest: HashText = (text) => createHash('sha256').update(text, 'utf8').digest('hex');
