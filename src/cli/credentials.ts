/** Who asks, and where: what the command line says, else the environment, else the default profile. */

import type { readEnvironment } from '../sdk/env.js';
import { VSecureClient } from '../sdk/index.js';
import { UsageError } from './command-errors.js';
import {
  DEFAULT_PROFILE,
  type Profile,
  profileName,
  readProfile,
  writeProfile,
} from './profiles.js';

export interface Credentials {
  /** Selects the profile that the command line names. */
  readonly useProfile: (name: string | undefined) => void;
  /** The profile that a login is saved to. Throws UsageError when its file cannot be used. */
  readonly profile: () => CurrentProfile;
  /** Throws VSecureError when neither the environment nor a profile gives a key. */
  readonly client: () => VSecureClient;
}

export interface CurrentProfile {
  readonly name: string;
  readonly file: string;
  /** Of the server it was for before, or that the environment names. */
  readonly url: string | undefined;
  readonly save: (profile: Profile) => void;
}

export function createCredentials(
  file: string,
  environment: ReturnType<typeof readEnvironment>,
): Credentials {
  let named: string | undefined;
  return {
    useProfile(name) {
      named = name;
    },
    profile() {
      const name = named ?? environment.profile ?? DEFAULT_PROFILE;
      if (!profileName.safeParse(name).success)
        throw new UsageError(`A profile is named with letters, digits and . _ -, not: ${name}`);
      const kept = readProfile(file, name);
      return {
        name,
        file,
        url: (named === undefined ? environment.url : undefined) ?? kept?.url ?? environment.url,
        save: (profile) => writeProfile(file, name, profile),
      };
    },
    client() {
      // A key in the environment is a choice, unless the command line makes another.
      if (named === undefined && environment.apiKey) return new VSecureClient();
      const name = named ?? environment.profile;
      const profile = readProfile(file, name ?? DEFAULT_PROFILE);
      if (profile) return new VSecureClient(profile);
      if (name === undefined) return new VSecureClient();
      throw new UsageError(
        `There is no profile ${name} in ${file}. Make one: vsecure login --profile ${name}`,
      );
    },
  };
}
