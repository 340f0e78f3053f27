/** All verbs of the product, built once from their parts. Adapters take the ones they need. */

import type {
  Digest,
  KeyHasher,
  MakeId,
  ReadLedger,
  Store,
  Vault,
  Wakeups,
} from '../domain/ports.js';
import { createAuthenticate } from './authenticate.js';
import { createAwaitDecision } from './await-decision.js';
import { createBootstrapAdmin } from './bootstrap-admin.js';
import { createCancelRequest } from './cancel-request.js';
import { createReadCardFacts } from './card-facts.js';
import { createConfigureResource } from './configure-resource.js';
import { createDecide } from './decide.js';
import { createReleaseGrant, createRevokeGrant } from './end-grant.js';
import { createExpireApprovals } from './expire-approvals.js';
import { createListSecrets } from './list-secrets.js';
import { createManageKeys } from './manage-keys.js';
import { createManagePeople } from './manage-people.js';
import { createQueryAudit } from './query-audit.js';
import { createReadSecret } from './read-secret.js';
import { createRecordForeign } from './record-foreign.js';
import { createRecordRefusedPress } from './record-refused-press.js';
import { createRequestAccess } from './request-access.js';
import { createShowApprovals } from './show-approvals.js';
import { createShowPolicies } from './show-policies.js';
import { createWriteSecret } from './write-secret.js';

export interface Parts {
  readonly store: Store;
  readonly ledger: ReadLedger;
  readonly wakeups: Wakeups;
  readonly vault: Vault;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly digest: Digest;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  readonly installation: string;
  readonly defaultApprovers: readonly string[];
}

export type UseCases = ReturnType<typeof createUseCases>;

export function createUseCases(parts: Parts) {
  const { store, ledger, wakeups, vault, hasher, makeId, stopwatch } = parts;
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
    readCardFacts: createReadCardFacts(store, parts.defaultApprovers),
    configureResource: createConfigureResource(parts),
    writeSecret: createWriteSecret(store, vault, makeId, parts.installation),
    listSecrets: createListSecrets(store),
    manageKeys: createManageKeys(store, hasher, makeId),
    managePeople: createManagePeople(store),
    bootstrapAdmin: createBootstrapAdmin(store, hasher, makeId),
    queryAudit: createQueryAudit(store),
    recordForeign: createRecordForeign(store),
    recordRefusedPress: createRecordRefusedPress(store),
  };
}
