/** Secrets without their plain values. */

export interface SecretMetadata {
  readonly id: `scrt_${string}`;
  /** The resource URI. */
  readonly path: string;
  /** 0 until the first version is written. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The outcome of a change. It contains no value, so it can be returned and stored. */
export interface SecretChange {
  readonly resource: string;
  /** The new version. For a deletion: the last version. */
  readonly version: number;
  /** The latest version before the change. */
  readonly previousVersion?: number | undefined;
}

export interface SecretVersion {
  readonly secretId: SecretMetadata['id'];
  readonly version: number;
  readonly sealed: SealedValue;
  /** A keyed hash of the value, 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly createdBy: string;
}

/** The additional data (AES-GCM) that a sealed value is bound to. The value cannot be opened for any other place. */
export interface SecretPlace {
  readonly installation: string;
  readonly secretId: string;
  readonly path: string;
  readonly version: number;
}

/** One encrypted secret version as it is stored. */
export interface SealedValue {
  readonly algorithm: 1;
  readonly masterKeyId: string;
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}
