/** Public ids: a prefix that says what it is, and enough randomness that nobody guesses one. */
import type { MakeId } from '../ports/index.js';
import { randomBase62 } from './base62.js';

/** 22 base62 characters hold 131 bits, the fewest that reach 128. */
const RANDOM_CHARACTERS = 22;

/** Makes `prefix_` and 22 random base62 characters. They carry no time and no order. */
export const makeId: MakeId = (prefix) => `${prefix}_${randomBase62(RANDOM_CHARACTERS)}`;
