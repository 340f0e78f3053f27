/** Who asks, and where: what the command line says, else the environment, else the default profile. */

import type { readEnvironment } from '../sdk/env.js';
import { VSecureClient } from '../sdk/index.js';
import type { Io } from './io.js';
import { UsageError } from './outcome.js';
import { DEFAULT_PROFILE, profileName, readProfile, writeProfile } from './profiles.js';

export function createIdentity(
  file: string,
  environment: ReturnType<typeof readEnvironment>,
): Pick<Io, 'useProfile' | 'profile' | 'client'> {
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
        keep: (profile) => writeProfile(file, name, profile),
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
