/** `debug-production`: find out what is wrong with a running system, with credentials for a short time. */

import { z } from 'zod';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { Prompt } from '../prompt.js';
import { environmentArgument } from './environment.js';

/** Characters. */
const SYMPTOM_MAX = 500;

export const createDebugProductionPrompt = (listSecrets: ListSecrets): Prompt => ({
  name: 'debug-production',
  title: 'Debug a running system',
  description: 'Find out what is wrong, with credentials that a person approves for a short time.',
  arguments: {
    environment: environmentArgument('Where it happens, for example production.', listSecrets),
    symptom: {
      description: 'What is wrong, in a sentence.',
      required: true,
      schema: z.string().trim().min(1).max(SYMPTOM_MAX),
    },
  },
  words: ({ environment, symptom }) => `Find out why this happens in ${environment}: ${symptom}

Use vsecure for every credential. Call list-secrets to see which of vsecure://secrets/${environment}/ you need, then ask once with request-access (operation "read"), naming only those, with this symptom as the reason and the shortest duration that will do. Wait with wait-for-decision, then read each value when you need it and only look: change nothing.
Never print a value. When you are done, or when access is refused, call release-grant for what you hold and tell me what you found.`,
});
