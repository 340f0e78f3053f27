/** Public ids: a prefix that names the kind, and enough random characters that an id cannot be guessed. */
import type { MakeId } from '../ports/index.js';
import { randomBase62 } from './base62.js';

/** 22 base62 characters hold 131 bits, the fewest that reach 128. */
const RANDOM_CHARACTERS = 22;

/** Returns `prefix_` and 22 random base62 characters, which carry neither time nor order. */
export const makeId: MakeId = (prefix) => `${prefix}_${randomBase62(RANDOM_CHARACTERS)}`;
