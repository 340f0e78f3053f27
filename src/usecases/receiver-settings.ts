/** What a receiver is reached by: sealed under the master key, and opened only to tell it something. */

import type { ReceiverSettings, SecretPlace, Vault } from '../domain/ports.js';
import type { ReceiverKind } from '../domain/vocabulary.js';

/** What is sealed of one receiver. A signing secret that was replaced signs until `until` (RFC 3339). */
export interface Confidential {
  readonly webhookUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly secrets?: readonly { readonly secret: string; readonly until?: string | undefined }[];
}

/** Bound to the kind alone: the row is replaced as a whole. No secret's path begins like this, so neither opens as the other. */
const placeOf = (installation: string, kind: ReceiverKind): SecretPlace => ({
  installation,
  secretId: 'receiver',
  path: `vsecure:receivers/${kind}`,
  version: 1,
});

export interface Seals {
  seal(kind: ReceiverKind, confidential: Confidential): ReturnType<Vault['seal']>;
  /** Throws what the vault throws when it does not fit. */
  open(kind: ReceiverKind, sealed: Parameters<Vault['open']>[0]): Confidential;
}

export function createSeals(vault: Vault, installation: string): Seals {
  return {
    seal: (kind, confidential) =>
      vault.seal(
        new TextEncoder().encode(JSON.stringify(confidential)),
        placeOf(installation, kind),
      ),
    open(kind, sealed) {
      const bytes = vault.open(sealed, placeOf(installation, kind));
      const confidential: Confidential = JSON.parse(new TextDecoder().decode(bytes));
      bytes.fill(0);
      return confidential;
    },
  };
}

/** The secrets that sign at `now`, the newest first. */
export const signingAt = ({ secrets = [] }: Confidential, now: Date) =>
  secrets.filter(({ until }) => until === undefined || new Date(until) > now);

/** As a sender needs them. Undefined when something is missing. */
export function settingsOf<Kind extends ReceiverKind>(
  kind: Kind,
  shown: {
    readonly recipients?: readonly string[] | undefined;
    readonly channel?: string | undefined;
  },
  confidential: Confidential,
  now: Date,
): ReceiverSettings[Kind] | undefined {
  const { recipients, channel } = shown;
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
