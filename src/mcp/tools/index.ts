/** All tools, in the order in which they are listed. */

import type { UseCases } from '../../usecases/index.js';
import type { Tool } from '../tool.js';
import { createCancelRequestTool } from './cancel-request.js';
import { createExplainAccessTool } from './explain-access.js';
import { createListSecretsTool } from './list-secrets.js';
import { createReadSecretTool } from './read-secret.js';
import { createReleaseGrantTool } from './release-grant.js';
import { createRequestAccessTool } from './request-access.js';
import { createWaitForDecisionTool } from './wait-for-decision.js';

/** The verbs that an agent can reach. No decision is among them. */
export type McpUseCases = Pick<
  UseCases,
  | 'listSecrets'
  | 'explainAccess'
  | 'requestAccess'
  | 'awaitDecision'
  | 'cancelRequest'
  | 'readSecret'
  | 'releaseGrant'
>;

export function createTools(useCases: McpUseCases): readonly Tool[] {
  return [
    createListSecretsTool(useCases.listSecrets),
    createExplainAccessTool(useCases.explainAccess),
    createRequestAccessTool(useCases.requestAccess),
    createWaitForDecisionTool(useCases.awaitDecision),
    createCancelRequestTool(useCases.cancelRequest),
    createReadSecretTool(useCases.readSecret),
    createReleaseGrantTool(useCases.releaseGrant),
  ];
}
