/** All prompts, in the order of `prompts/list`. */

import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { Prompt } from '../prompt.js';
import { createDebugProductionPrompt } from './debug-production.js';
import { createSecurityReviewPrompt } from './security-review.js';
import { createSetupEnvironmentPrompt } from './setup-environment.js';

export const createPrompts = (listSecrets: ListSecrets): readonly Prompt[] => [
  createDebugProductionPrompt(listSecrets),
  createSetupEnvironmentPrompt(listSecrets),
  createSecurityReviewPrompt(),
];
