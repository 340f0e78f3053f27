/** All resources and resource templates, in the order of `resources/list` and `resources/templates/list`. */

import type { UseCases } from '../../usecases/index.js';
import type { FixedResource, ResourceTemplate } from '../resource.js';
import { createApprovalTemplate } from './approvals.js';
import { createGrantsResource } from './grants.js';
import { createSecretTemplates } from './secret-templates.js';

/** The use cases behind the resources. None of them changes anything. */
export type ResourceUseCases = Pick<
  UseCases,
  'listSecrets' | 'describeSecret' | 'waitForDecision' | 'viewApprovals'
>;

export interface Resources {
  readonly fixed: readonly FixedResource[];
  readonly templates: readonly ResourceTemplate[];
}

export function createResources(useCases: ResourceUseCases): Resources {
  const { listSecrets, describeSecret, waitForDecision, viewApprovals } = useCases;
  return {
    fixed: [createGrantsResource(viewApprovals)],
    templates: [
      ...createSecretTemplates(listSecrets, describeSecret),
      createApprovalTemplate(waitForDecision, viewApprovals),
    ],
  };
}
