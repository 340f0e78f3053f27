/** Deliberately broken parts. A check must fail on each of these. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createKeyHasher } from '../../src/crypto/api-key.js';
import { createVault } from '../../src/crypto/envelope.js';
import { type MasterKey, subkey } from '../../src/crypto/master-key.js';
import type { SecretPlace } from '../../src/domain/secret.js';
import type { KeyHasher, Vault } from '../../src/ports/index.js';

/** Encrypts correctly and binds to nothing: a row can be moved to any place. */
export function createVaultWithoutPlace(masterKey: MasterKey): Vault {
  const vault = createVault(masterKey);
  const nowhere = { installation: '', secretId: '', path: '', version: 0 };
  return {
    seal: (value) => vault.seal(value, nowhere),
    open: (sealed) => vault.open(sealed, nowhere),
  };
}

/** Lets the stored row choose how much of its tag is checked, as Node does when `authTagLength` is left out. */
export function createVaultWithoutTagLength(masterKey: MasterKey): Vault {
  const key = subkey(masterKey, 'wrap');
  return {
    seal(value, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bytesOf(place));
      const ciphertext = Buffer.concat([cipher.update(value), cipher.final()]);
      const wrappedKey = Buffer.alloc(0);
      const tag = cipher.getAuthTag();
      return { algorithm: 1, masterKeyId: masterKey.id, wrappedKey, iv, ciphertext, tag };
    },
    open({ iv, ciphertext, tag }, place) {
      const options = { authTagLength: tag.length };
      const decipher = createDecipheriv('aes-256-gcm', key, iv, options).setAAD(bytesOf(place));
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

/** Reports a failure with the value in the message. */
export function createVaultWithChattyErrors(masterKey: MasterKey): Vault {
  const vault = createVault(masterKey);
  let latest: Uint8Array = new Uint8Array();
  return {
    seal(value, place) {
      latest = value;
      return vault.seal(value, place);
    },
    open(sealed, place) {
      try {
        return vault.open(sealed, place);
      } catch (cause) {
        throw new Error('could not open', { cause: { cause, value: bytesToText(latest) } });
      }
    },
  };
}

/** Answers at once when there is no key, so that the response time reveals which key ids exist. */
export function createHasherThatSkipsUnknownKeys(masterKey: MasterKey): KeyHasher {
  const hasher = createKeyHasher(masterKey);
  return {
    ...hasher,
    matches: (token, stored) => stored !== undefined && hasher.matches(token, stored),
  };
}

function bytesOf(place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(place));
}

function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
