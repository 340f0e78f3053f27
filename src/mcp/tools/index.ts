/** All tools, in the order in which they are listed. */

import type { UseCases } from '../../usecases/index.js';
import type { Tool } from '../tool.js';
import { createListSecretsTool } from './list-secrets.js';
import { createReadSecretTool } from './read-secret.js';
import { createReleaseGrantTool } from './release-grant.js';
import { createRequestAccessTool } from './request-access.js';
import { createWaitForDecisionTool } from './wait-for-decision.js';

/** The verbs that an agent can reach. No decision is among them. */
export type McpUseCases = Pick<
  UseCases,
  'listSecrets' | 'requestAccess' | 'awaitDecision' | 'readSecret' | 'releaseGrant'
>;

export function createTools(useCases: McpUseCases): readonly Tool[] {
  return [
    createListSecretsTool(useCases.listSecrets),
    createRequestAccessTool(useCases.requestAccess),
    createWaitForDecisionTool(useCases.awaitDecision),
    createReadSecretTool(useCases.readSecret),
    createReleaseGrantTool(useCases.releaseGrant),
  ];
}
