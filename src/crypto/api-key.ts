/** API keys: a prefix such as `vsk_a_`, an id for the lookup, a secret part, and a checksum that detects typos and junk. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { KeyClass } from '../domain/vocabulary.js';
import type { KeyHasher } from '../ports/index.js';
import { randomBase62, toBase62 } from './base62.js';
import { type MasterKey, subkey } from './master-key.js';

const LETTERS = { agent: 'a', human: 'h', service: 's' } as const satisfies Record<
  KeyClass,
  string
>;

const KEY_ID_CHARACTERS = 10;
/** 256 bits: too many to guess, so the stored hash need not be slow. */
const SECRET_CHARACTERS = 43;
/** 62 ** 6 is the first power above 2 ** 32. */
const CHECKSUM_CHARACTERS = 6;
const HINT_CHARACTERS = 4;
const HASH_BYTES = 32;

const SHAPE =
  /^(?<body>vsk_[ahs]_(?<keyId>[0-9A-Za-z]{10})_[0-9A-Za-z]{43})(?<checksum>[0-9A-Za-z]{6})$/;

/** Makes and recognises keys. Hashes are HMAC-SHA256 under a subkey: a stolen database alone is not enough to test guesses. */
export function createKeyHasher(masterKey: MasterKey): KeyHasher {
  const pepper = subkey(masterKey, 'api-key-pepper');
  const hashOf = (token: string) => createHmac('sha256', pepper).update(token, 'utf8').digest();
  /** Stands in for the hash of a key that does not exist. */
  const missing = randomBytes(HASH_BYTES);

  return {
    mint(keyClass) {
      const keyId = randomBase62(KEY_ID_CHARACTERS);
      const body = `vsk_${LETTERS[keyClass]}_${keyId}_${randomBase62(SECRET_CHARACTERS)}`;
      const token = body + checksumOf(body);
      return { token, keyId, hash: hashOf(token), hint: token.slice(-HINT_CHARACTERS) };
    },

    keyIdOf,

    matches(token, stored) {
      const expected = stored?.length === HASH_BYTES ? stored : missing;
      // Compare in any case, so that a missing key takes as long as a wrong key.
      const same = timingSafeEqual(hashOf(token), expected);
      return same && expected === stored;
    },
  };
}

/** The checksum is not secret: it saves a database lookup and makes leak scanners certain. */
function keyIdOf(token: string): string | undefined {
  const { body, keyId, checksum } = SHAPE.exec(token)?.groups ?? {};
  if (body === undefined || checksum !== checksumOf(body)) return undefined;
  return keyId;
}

function checksumOf(body: string): string {
  return toBase62(crc32(body), CHECKSUM_CHARACTERS);
}
