/** The limits that clients need to know. */

export {
  PAGE_MAX,
  SECRET_MAX_BYTES,
  TOKEN_LENGTH_MAX,
  TOKEN_LENGTH_MIN,
  WAIT_DEFAULT_SECONDS,
} from '../domain/limits.js';
