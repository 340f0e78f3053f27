/** `debug-production`: find out what is wrong with a running system, with short-lived credentials. */

import { z } from 'zod';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { Prompt } from '../prompt.js';
import { environmentArgument } from './environment.js';

/** Characters. */
const SYMPTOM_MAX = 500;

export const createDebugProductionPrompt = (listSecrets: ListSecrets): Prompt => ({
  name: 'debug-production',
  title: 'Debug a running system',
  description:
    'Find the cause of a problem, with credentials that a person approves for a short time.',
  arguments: {
    environment: environmentArgument(
      'Where the problem occurs, for example production.',
      listSecrets,
    ),
    symptom: {
      description: 'The problem, in one sentence.',
      required: true,
      schema: z.string().trim().min(1).max(SYMPTOM_MAX),
    },
  },
  render: ({
    environment,
    symptom,
  }) => `Find the cause of this problem in ${environment}: ${symptom}

Use vsecure for every credential. Call list-secrets to see which secrets under vsecure://secrets/${environment}/ you need. Call request-access once (operation "read") for only those, with this problem as the reason and the shortest duration that is enough. Call wait-for-decision, then read each value when you need it. Only investigate: change nothing.
Never print a value. When you are done, or when access is refused, call release-grant for every grant you hold and report what you found.`,
});
