/** Those limits of the product that a client goes by. */

export { PAGE_MAX, WAIT_DEFAULT_SECONDS } from '../domain/limits.js';
