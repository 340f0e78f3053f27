/** Finds the server and the key to use: first from the command line, then the environment, then the default profile. */

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
  /** Selects the profile named on the command line. */
  readonly useProfile: (name: string | undefined) => void;
  /** The profile that `login` saves to. Throws UsageError when the profile file is unusable. */
  readonly profile: () => CurrentProfile;
  /** Throws VSecureError when neither the environment nor a profile has a key. */
  readonly client: () => VSecureClient;
}

export interface CurrentProfile {
  readonly name: string;
  readonly file: string;
  /** The server saved in the profile, or else the one in the environment. */
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
        throw new UsageError(`Not a profile name: ${name}. Use letters, digits and . _ -`);
      const saved = readProfile(file, name);
      return {
        name,
        file,
        url: (named === undefined ? environment.url : undefined) ?? saved?.url ?? environment.url,
        save: (profile) => writeProfile(file, name, profile),
      };
    },
    client() {
      // A key in the environment takes precedence, unless the command line names a profile.
      if (named === undefined && environment.apiKey) return new VSecureClient();
      const name = named ?? environment.profile;
      const profile = readProfile(file, name ?? DEFAULT_PROFILE);
      if (profile) return new VSecureClient(profile);
      if (name === undefined) return new VSecureClient();
      throw new UsageError(
        `No profile named ${name} in ${file}. To create it: vsecure login --profile ${name}`,
      );
    },
  };
}
