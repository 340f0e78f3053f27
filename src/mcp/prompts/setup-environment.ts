/** `setup-environment`: create the secrets of a new environment, without a value in the chat. */

import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { Prompt } from '../prompt.js';
import { environmentArgument } from './environment.js';

export const createSetupEnvironmentPrompt = (listSecrets: ListSecrets): Prompt => ({
  name: 'setup-environment',
  title: 'Set up an environment',
  description: 'Create the secrets that the programs of an environment need.',
  arguments: {
    name: environmentArgument('The environment to set up, for example staging.', listSecrets),
  },
  render: ({
    name,
  }) => `Set up the secrets of the environment ${name}. Find out from this project's configuration which secrets its programs need, and compare them with what list-secrets shows under vsecure://secrets/${name}/.

Show me the missing names before you request anything. Then call request-access once (operation "write") for exactly those, and call wait-for-decision. Let vsecure generate every value that can be generated. Where only a person knows the value, show me the command to run; never ask me to write a value here.
When you are done, call release-grant and list the names of the secrets you created.`,
});
