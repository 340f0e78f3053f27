/** Who asks, and where: what the command line says, else the environment, else the default profile. */

import type { readEnvironment } from '../sdk/env.js';
import { VSecureClient } from '../sdk/index.js';
import type { Io } from './io.js';
import { UsageError } from './outcome.js';
import { DEFAULT_PROFILE, readProfile } from './profiles.js';

export function createIdentity(
  file: string,
  environment: ReturnType<typeof readEnvironment>,
): Pick<Io, 'useProfile' | 'client'> {
  let named: string | undefined;
  return {
    useProfile(name) {
      named = name;
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
