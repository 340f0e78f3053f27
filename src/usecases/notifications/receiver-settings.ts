/** The secret settings of a receiver: sealed under the master key, and opened only for sending. */

import type { SealedValue, SecretPlace } from '../../domain/secret.js';
import type { ReceiverKind } from '../../domain/vocabulary.js';
import type { ReceiverSettings, Vault } from '../../ports/index.js';

/** The sealed settings of one receiver. A replaced signing secret signs until `until` (RFC 3339). */
export interface SealedSettings {
  readonly webhookUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly secrets?: readonly { readonly secret: string; readonly until?: string | undefined }[];
}

/** Binds the settings to kind and version, so that older settings cannot replace them. No secret has such a path, so neither can be opened as the other. */
const placeOf = (installation: string, kind: ReceiverKind, version: number): SecretPlace => ({
  installation,
  secretId: 'receiver',
  path: `vsecure:receivers/${kind}`,
  version,
});

interface Stored {
  readonly version: number;
  readonly sealed: SealedValue;
}

export interface Seals {
  seal(
    kind: ReceiverKind,
    version: number,
    confidential: SealedSettings,
  ): ReturnType<Vault['seal']>;
  /** Throws VaultError when kind, version or master key do not match. */
  open(kind: ReceiverKind, stored: Stored): SealedSettings;
}

export function createSeals(vault: Vault, installation: string): Seals {
  return {
    seal(kind, version, confidential) {
      const bytes = new TextEncoder().encode(JSON.stringify(confidential));
      try {
        return vault.seal(bytes, placeOf(installation, kind, version));
      } finally {
        bytes.fill(0);
      }
    },
    open(kind, { version, sealed }) {
      const bytes = vault.open(sealed, placeOf(installation, kind, version));
      try {
        const confidential: SealedSettings = JSON.parse(new TextDecoder().decode(bytes));
        return confidential;
      } finally {
        bytes.fill(0);
      }
    },
  };
}

/** The secrets that sign at `now`, the newest first. */
export const signingAt = ({ secrets = [] }: SealedSettings, now: Date) =>
  secrets.filter(({ until }) => until === undefined || new Date(until) > now);

/** The settings that a sender needs. Undefined when one is missing. */
export function settingsOf<Kind extends ReceiverKind>(
  kind: Kind,
  publicSettings: {
    readonly recipients?: readonly string[] | undefined;
    readonly channel?: string | undefined;
  },
  confidential: SealedSettings,
  now: Date,
): ReceiverSettings[Kind] | undefined {
  const { recipients, channel } = publicSettings;
  const { webhookUrl, url } = confidential;
  const all: { [K in ReceiverKind]: ReceiverSettings[K] | undefined } = {
    email: recipients && { recipients },
    slack: webhookUrl === undefined ? undefined : { webhookUrl, channel },
    webhook:
      url === undefined
        ? undefined
        : { url, secrets: signingAt(confidential, now).map(({ secret }) => secret) },
  };
  return all[kind];
}
