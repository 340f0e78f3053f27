/** Envelope encryption: each secret version has its own data key, which the master key wraps. */
import { type KeyObject, randomFillSync } from 'node:crypto';
import type { SealedValue, SecretPlace } from '../domain/secret.js';
import type { Vault } from '../ports/index.js';
import { type Box, decrypt, encrypt, IV_BYTES, TAG_BYTES } from './aes-gcm.js';
import { boundFields } from './bound-fields.js';
import { type MasterKey, subkey } from './master-key.js';

const ALGORITHM = 1;
const DATA_KEY_BYTES = 32;

/** A stored value could not be decrypted. The message is constant and has no cause, so that it reveals nothing about the value. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code = 'vault';

  constructor() {
    super('The stored value could not be decrypted.');
  }
}

/** The vault of one master key. An opened value has memory of its own; the caller wipes it after use. */
export function createVault(masterKey: MasterKey): Vault {
  const wrapKey = subkey(masterKey, 'wrap');
  return {
    seal: (value, place) => seal(wrapKey, masterKey.id, value, place),
    open(sealed, place) {
      try {
        return open(wrapKey, sealed, place);
      } catch {
        throw new VaultError();
      }
    },
  };
}

function seal(wrapKey: KeyObject, masterKeyId: string, value: Uint8Array, place: SecretPlace) {
  // Not from Node's shared pool, where the key would share memory with other buffers.
  const dataKey = randomFillSync(Buffer.allocUnsafeSlow(DATA_KEY_BYTES));
  try {
    const header = { algorithm: ALGORITHM, masterKeyId } as const;
    const wrapped = encrypt(wrapKey, dataKey, boundToKey(header, place));
    const box = encrypt(dataKey, value, boundToPlace(header, place));
    return { ...header, wrappedKey: pack(wrapped), ...box };
  } finally {
    dataKey.fill(0);
  }
}

function open(wrapKey: KeyObject, sealed: SealedValue, place: SecretPlace): Buffer {
  const dataKey = decrypt(wrapKey, unpack(sealed.wrappedKey), boundToKey(sealed, place));
  try {
    return decrypt(dataKey, sealed, boundToPlace(sealed, place));
  } finally {
    dataKey.fill(0);
  }
}

type Header = Pick<SealedValue, 'algorithm' | 'masterKeyId'>;

function boundToPlace({ algorithm }: Header, place: SecretPlace): Buffer {
  const { installation, secretId, path, version } = place;
  return boundFields('vsecure', algorithm, 'secret', installation, secretId, path, version);
}

function boundToKey(header: Header, place: SecretPlace): Buffer {
  return Buffer.concat([boundToPlace(header, place), boundFields(header.masterKeyId)]);
}

function pack({ iv, ciphertext, tag }: Box): Buffer {
  return Buffer.concat([iv, ciphertext, tag]);
}

function unpack(packed: Uint8Array): Box {
  return {
    iv: packed.subarray(0, IV_BYTES),
    ciphertext: packed.subarray(IV_BYTES, -TAG_BYTES),
    tag: packed.subarray(-TAG_BYTES),
  };
}
