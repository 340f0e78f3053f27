/** All verbs of the product, built once from their parts. Adapters take the ones they need. */

import type {
  Digest,
  Directory,
  KeyHasher,
  MakeId,
  MakeToken,
  ReadLedger,
  Store,
  Vault,
  Wakeups,
} from '../domain/ports.js';
import { createApplyPolicies } from './apply-policies.js';
import type { AskingLimits } from './asking-limits.js';
import { createAuthenticate } from './authenticate.js';
import { createAwaitDecision } from './await-decision.js';
import { createBootstrapAdmin } from './bootstrap-admin.js';
import { createCancelRequest } from './cancel-request.js';
import { createReadCardFacts } from './card-facts.js';
import { createChangeSecret } from './change-secret.js';
import { createConfigureResource } from './configure-resource.js';
import { createDecide } from './decide.js';
import { createDescribeSecret } from './describe-secret.js';
import { createReleaseGrant, createRevokeGrant } from './end-grant.js';
import { createExpireApprovals } from './expire-approvals.js';
import { createExplainAccess } from './explain-access.js';
import { createForgetAnswers } from './forget-answers.js';
import { createLinkApprovers } from './link-approvers.js';
import { createListSecrets } from './list-secrets.js';
import { createManageKeys } from './manage-keys.js';
import { createManagePeople } from './manage-people.js';
import { createQueryAudit } from './query-audit.js';
import { createReadSecret } from './read-secret.js';
import { createRecordForeign } from './record-foreign.js';
import { createRecordRefusedPress } from './record-refused-press.js';
import { createRefreshApprovers } from './refresh-approvers.js';
import { createRequestAccess } from './request-access.js';
import { createReviewKeys } from './review-keys.js';
import { createShowApprovals } from './show-approvals.js';
import { createShowPolicies } from './show-policies.js';
import { createSimulatePolicies } from './simulate-policies.js';
import { createDeleteSecret, createWriteSecret } from './write-secret.js';

export interface Parts {
  readonly store: Store;
  readonly ledger: ReadLedger;
  readonly wakeups: Wakeups;
  readonly vault: Vault;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly digest: Digest;
  /** A keyed digest, for texts that hold a value. */
  readonly fingerprint: Digest;
  readonly makeToken: MakeToken;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  readonly installation: string;
  readonly defaultApprovers: readonly string[];
  readonly limits: AskingLimits;
  /** Undefined while no Slack is connected. */
  readonly directory: () => Directory | undefined;
  /** May a Slack account be linked by its confirmed e-mail address? */
  readonly linkByEmail: boolean;
}

export type UseCases = ReturnType<typeof createUseCases>;

export function createUseCases(parts: Parts) {
  const { store, ledger, wakeups, vault, hasher, makeId, stopwatch } = parts;
  const linkApprovers = createLinkApprovers(parts);
  const applyPolicies = createApplyPolicies({ ...parts, linkApprovers });
  return {
    authenticate: createAuthenticate(store, hasher),
    requestAccess: createRequestAccess(parts),
    awaitDecision: createAwaitDecision(store, wakeups, stopwatch),
    decide: createDecide(parts),
    cancelRequest: createCancelRequest(store),
    readSecret: createReadSecret(ledger, vault, stopwatch),
    releaseGrant: createReleaseGrant(store),
    revokeGrant: createRevokeGrant(store, parts.defaultApprovers),
    expireApprovals: createExpireApprovals(store),
    showApprovals: createShowApprovals(store, parts.defaultApprovers),
    showPolicies: createShowPolicies(store),
    explainAccess: createExplainAccess(parts),
    simulatePolicies: createSimulatePolicies(store, parts.defaultApprovers),
    readCardFacts: createReadCardFacts(store, parts.defaultApprovers),
    applyPolicies,
    configureResource: createConfigureResource(store, applyPolicies),
    refreshApprovers: createRefreshApprovers(store, linkApprovers, parts.defaultApprovers),
    writeSecret: createWriteSecret(store, vault, makeId, parts.installation),
    deleteSecret: createDeleteSecret(store),
    changeSecret: createChangeSecret(parts),
    forgetAnswers: createForgetAnswers(store),
    listSecrets: createListSecrets(store),
    describeSecret: createDescribeSecret(store),
    manageKeys: createManageKeys(store, hasher, makeId),
    managePeople: createManagePeople(store),
    bootstrapAdmin: createBootstrapAdmin(store, hasher, makeId),
    reviewKeys: createReviewKeys(store),
    queryAudit: createQueryAudit(store),
    recordForeign: createRecordForeign(store),
    recordRefusedPress: createRecordRefusedPress(store),
  };
}
