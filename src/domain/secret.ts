/** What is known of a secret without opening it. */

export interface SecretMetadata {
  readonly id: `scrt_${string}`;
  /** The resource URI. */
  readonly path: string;
  /** 0 until the first version is written. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a change did. It holds no value, so it can be told and kept. */
export interface SecretChange {
  readonly resource: string;
  /** The new version; of a deletion, the last that there was. */
  readonly version: number;
  /** The version that was the latest before. */
  readonly previousVersion?: number | undefined;
}

export interface SecretVersion {
  readonly secretId: SecretMetadata['id'];
  readonly version: number;
  readonly sealed: SealedValue;
  readonly createdBy: string;
}

/** What a sealed value is bound to (AES-GCM additional data): it opens nowhere else. */
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
