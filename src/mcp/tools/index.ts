/** All tools, in the order of `tools/list`. */

import type { UseCases } from '../../usecases/index.js';
import type { Tool } from '../tool.js';
import { createCancelRequestTool } from './cancel-request.js';
import { createCreateSecretTool } from './create-secret.js';
import { createDeleteSecretTool } from './delete-secret.js';
import { createExplainAccessTool } from './explain-access.js';
import { createListApiKeysTool } from './list-api-keys.js';
import { createListGrantsTool } from './list-grants.js';
import { createListRequestsTool } from './list-requests.js';
import { createListSecretsTool } from './list-secrets.js';
import { createExplainNoGrant } from './no-grant.js';
import { createQueryAuditLogTool } from './query-audit-log.js';
import { createReadSecretTool } from './read-secret.js';
import { createReleaseGrantTool } from './release-grant.js';
import { createRequestAccessTool } from './request-access.js';
import { createRotateSecretTool } from './rotate-secret.js';
import { createUpdateSecretTool } from './update-secret.js';
import { createWaitForDecisionTool } from './wait-for-decision.js';

/** The use cases that an agent can reach. None of them decides a request. */
export type McpUseCases = Pick<
  UseCases,
  | 'listSecrets'
  | 'explainAccess'
  | 'requestAccess'
  | 'waitForDecision'
  | 'cancelRequest'
  | 'viewApprovals'
  | 'readSecret'
  | 'changeSecret'
  | 'releaseGrant'
  | 'queryAudit'
  | 'reviewKeys'
>;

export function createTools(useCases: McpUseCases): readonly Tool[] {
  const explainNoGrant = createExplainNoGrant(useCases.viewApprovals);
  return [
    createListSecretsTool(useCases.listSecrets),
    createExplainAccessTool(useCases.explainAccess),
    createRequestAccessTool(useCases.requestAccess),
    createWaitForDecisionTool(useCases.waitForDecision),
    createCancelRequestTool(useCases.cancelRequest),
    createListRequestsTool(useCases.viewApprovals),
    createReadSecretTool(useCases.readSecret, explainNoGrant),
    createCreateSecretTool(useCases.changeSecret, explainNoGrant),
    createUpdateSecretTool(useCases.changeSecret, explainNoGrant),
    createRotateSecretTool(useCases.changeSecret, explainNoGrant),
    createDeleteSecretTool(useCases.changeSecret, explainNoGrant),
    createListGrantsTool(useCases.viewApprovals),
    createReleaseGrantTool(useCases.releaseGrant),
    createQueryAuditLogTool(useCases.queryAudit),
    createListApiKeysTool(useCases.reviewKeys, explainNoGrant),
  ];
}
