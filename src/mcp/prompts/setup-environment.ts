/** `setup-environment`: give a new environment its secrets, without anybody typing a value into a chat. */

import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { Prompt } from '../prompt.js';
import { environmentArgument } from './environment.js';

export const createSetupEnvironmentPrompt = (listSecrets: ListSecrets): Prompt => ({
  name: 'setup-environment',
  title: 'Set up an environment',
  description: 'Give an environment the secrets that its programs need.',
  arguments: {
    name: environmentArgument('The environment to set up, for example staging.', listSecrets),
  },
  words: ({
    name,
  }) => `Set up the secrets of the environment ${name}. Work out from this project's configuration which secrets its programs need, and compare them with what list-secrets shows under vsecure://secrets/${name}/.

Show me the names that are missing before you ask for anything. Then ask once with request-access (operation "write") for exactly those, and wait with wait-for-decision. Let vsecure generate what can be generated; where only a person knows the value, tell me what to run, and never ask me to write a value here.
When you are done, call release-grant and list what was created, by name.`,
});
