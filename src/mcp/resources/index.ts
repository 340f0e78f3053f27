/** All resources, in the order in which they are listed. */

import type { UseCases } from '../../usecases/index.js';
import type { FixedResource, ResourceFamily } from '../resource.js';
import { createApprovalFamily } from './approvals.js';
import { createGrantsResource } from './grants.js';
import { createSecretFamilies } from './secret-family.js';

/** The verbs behind the resources. They only look. */
export type ResourceUseCases = Pick<
  UseCases,
  'listSecrets' | 'describeSecret' | 'waitForDecision' | 'viewApprovals'
>;

export interface Resources {
  readonly fixed: readonly FixedResource[];
  readonly families: readonly ResourceFamily[];
}

export function createResources(useCases: ResourceUseCases): Resources {
  const { listSecrets, describeSecret, waitForDecision, viewApprovals } = useCases;
  return {
    fixed: [createGrantsResource(viewApprovals.grants)],
    families: [
      ...createSecretFamilies(listSecrets, describeSecret),
      createApprovalFamily(waitForDecision, viewApprovals),
    ],
  };
}
