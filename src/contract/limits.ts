/** Those limits of the product that a client goes by. */

export {
  PAGE_MAX,
  TOKEN_LENGTH_MAX,
  TOKEN_LENGTH_MIN,
  WAIT_DEFAULT_SECONDS,
} from '../domain/limits.js';
