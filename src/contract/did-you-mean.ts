/** "Did you mean …?" for the programs that talk to the server. */

export { nearest } from '../domain/did-you-mean.js';
