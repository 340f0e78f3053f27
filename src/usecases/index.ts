/** All verbs of the product, built once from their parts. Adapters take the ones they need. */

import type {
  Cards,
  CheckTarget,
  Digest,
  Directory,
  KeyHasher,
  MakeId,
  MakeSigningSecret,
  MakeToken,
  ReadLedger,
  Store,
  Tellers,
  Vault,
  Wakeups,
} from '../domain/ports.js';
import { createApplyPolicies } from './apply-policies.js';
import { createAskPerson } from './ask-person.js';
import type { AskingLimits } from './asking-limits.js';
import { createDetachAudit, createNextAuditPart } from './audit-parts.js';
import { createAuthenticate } from './authenticate.js';
import { createAwaitDecision } from './await-decision.js';
import { createBootstrapAdmin } from './bootstrap-admin.js';
import { createCancelRequest } from './cancel-request.js';
import { createReadCardAudience } from './card-audience.js';
import { createReadCardFacts, createReadGrantFacts } from './card-facts.js';
import { createChangeSecret } from './change-secret.js';
import { createConfigureReceivers } from './configure-receivers.js';
import { createConfigureResource } from './configure-resource.js';
import { createCountAudit } from './count-audit.js';
import { createCountUses } from './count-uses.js';
import { createDecide } from './decide.js';
import { createDescribeSecret } from './describe-secret.js';
import { createDirectMessages } from './direct-messages.js';
import { createReleaseGrant, createRevokeGrant } from './end-grant.js';
import { createEscalateApprovals } from './escalate-approvals.js';
import { createEvaluateAlerts } from './evaluate-alerts.js';
import { createExpireApprovals } from './expire-approvals.js';
import { createExplainAccess } from './explain-access.js';
import { createExportAudit } from './export-audit.js';
import { createFollowApproval } from './follow-approval.js';
import { createForgetAnswers } from './forget-answers.js';
import { createHandleSecret } from './handle-secret.js';
import { createHome } from './home.js';
import { createLinkApprovers } from './link-approvers.js';
import { createCreateLinkCode, createLinkByCode } from './link-codes.js';
import { createListSecrets } from './list-secrets.js';
import { createLogin } from './login.js';
import { createManageAlerts } from './manage-alerts.js';
import { createManageKeys, type HumanKeys } from './manage-keys.js';
import { createManagePeople } from './manage-people.js';
import { createManageSubscriptions } from './manage-subscriptions.js';
import { createManageSuspensions } from './manage-suspensions.js';
import { createMeasure, createMetrics, createReadGauges } from './metrics.js';
import { createNameAccount } from './name-account.js';
import { createObtainGrant } from './obtain-grant.js';
import { createOnce } from './once.js';
import { createQueryAudit } from './query-audit.js';
import { createReadSecret } from './read-secret.js';
import { createRecordForeign } from './record-foreign.js';
import { createRecordRefusedPress } from './record-refused-press.js';
import { createRecordRefusedSuspension } from './record-refused-suspension.js';
import { createRefreshApprovers } from './refresh-approvers.js';
import { createRemindApprovers } from './remind-approvers.js';
import { createRequestAccess } from './request-access.js';
import { createReadRequestHistory } from './request-history.js';
import { createReviewDeliveries } from './review-deliveries.js';
import { createReviewKeys } from './review-keys.js';
import { AS_OPERATOR, UNDER_GRANT } from './right-to-change.js';
import { createShowApprovals } from './show-approvals.js';
import { createShowHeldGrants } from './show-held-grants.js';
import { createShowPolicies } from './show-policies.js';
import { createSimulatePolicies } from './simulate-policies.js';
import { createStopLeavers } from './stop-leavers.js';
import { createSuspendPrincipal } from './suspend-principal.js';
import { createTellFirstUses } from './tell-first-uses.js';
import { createTellReceiver } from './tell-receivers.js';
import { createWriteSecret } from './write-secret.js';

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
  readonly makeSigningSecret: MakeSigningSecret;
  readonly tellers: Tellers;
  readonly checkTarget: CheckTarget;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  readonly installation: string;
  readonly defaultApprovers: readonly string[];
  readonly limits: AskingLimits;
  /** Undefined while no Slack is connected. */
  readonly directory: () => Directory | undefined;
  /** May a Slack account be linked by its confirmed e-mail address? */
  readonly linkByEmail: boolean;
  /** Who makes a key that can decide. */
  readonly humanKeys: HumanKeys;
  /** Undefined: no answer holds a link. */
  readonly cardLink?: Cards['link'] | undefined;
}

export type UseCases = ReturnType<typeof createUseCases>;

export function createUseCases(given: Parts) {
  const once = createOnce(given.fingerprint);
  const parts = { ...given, once };
  const { store, ledger, wakeups, vault, hasher, makeId, stopwatch } = parts;
  const linkApprovers = createLinkApprovers(parts);
  const applyPolicies = createApplyPolicies({ ...parts, linkApprovers });
  const readCardFacts = createReadCardFacts(parts);
  const showApprovals = createShowApprovals(store, parts.defaultApprovers);
  const queryAudit = createQueryAudit(store, parts.defaultApprovers);
  const suspendPrincipal = createSuspendPrincipal(store, once);
  const requestAccess = createRequestAccess(parts);
  const readSecret = createReadSecret(ledger, vault, stopwatch);
  const changeSecret = createChangeSecret(parts, UNDER_GRANT);
  const manageSecret = createChangeSecret(parts, AS_OPERATOR);
  const followApproval = createFollowApproval(store, wakeups);
  const obtainGrant = createObtainGrant(store, requestAccess);
  return {
    authenticate: createAuthenticate(store, hasher),
    askPerson: createAskPerson(parts),
    requestAccess,
    awaitDecision: createAwaitDecision(store, wakeups, stopwatch, parts.cardLink),
    followApproval,
    manageSubscriptions: createManageSubscriptions(parts, followApproval),
    decide: createDecide(parts),
    cancelRequest: createCancelRequest(store, once),
    readSecret,
    releaseGrant: createReleaseGrant(store, once),
    revokeGrant: createRevokeGrant(parts),
    evaluateAlerts: createEvaluateAlerts(store),
    manageAlerts: createManageAlerts(store, once),
    expireApprovals: createExpireApprovals(store),
    showApprovals,
    showHeldGrants: createShowHeldGrants(store, showApprovals),
    showPolicies: createShowPolicies(store, parts.defaultApprovers),
    explainAccess: createExplainAccess(parts),
    simulatePolicies: createSimulatePolicies(store, parts.defaultApprovers),
    readCardAudience: createReadCardAudience(store.groups),
    readCardFacts,
    readGrantFacts: createReadGrantFacts(store, readCardFacts),
    readRequestHistory: createReadRequestHistory(store, parts.defaultApprovers),
    applyPolicies,
    configureResource: createConfigureResource(applyPolicies),
    refreshApprovers: createRefreshApprovers(store, linkApprovers, parts.defaultApprovers),
    writeSecret: createWriteSecret(parts),
    changeSecret,
    manageSecret,
    handleSecret: createHandleSecret({ readSecret, obtainGrant, changeSecret, manageSecret }),
    forgetAnswers: createForgetAnswers(store),
    nextAuditPart: createNextAuditPart(store),
    detachAudit: createDetachAudit(store),
    listSecrets: createListSecrets(store),
    describeSecret: createDescribeSecret(store),
    manageKeys: createManageKeys(parts),
    managePeople: createManagePeople(store, once),
    createLinkCode: createCreateLinkCode(parts),
    linkByCode: createLinkByCode(parts),
    login: createLogin(parts),
    stopLeavers: createStopLeavers(store, parts.directory),
    suspendPrincipal,
    manageSuspensions: createManageSuspensions(store, once, suspendPrincipal),
    tellFirstUses: createTellFirstUses(store),
    remindApprovers: createRemindApprovers(store),
    escalateApprovals: createEscalateApprovals(store),
    directMessages: createDirectMessages(store, readCardFacts),
    bootstrapAdmin: createBootstrapAdmin(store, hasher, makeId),
    reviewKeys: createReviewKeys(store),
    queryAudit,
    countAudit: createCountAudit(queryAudit),
    countUses: createCountUses(store),
    exportAudit: createExportAudit(store, parts.installation),
    configureReceivers: createConfigureReceivers(parts),
    reviewDeliveries: createReviewDeliveries(parts),
    tellReceiver: createTellReceiver(parts),
    metrics: createMetrics(store, parts.defaultApprovers),
    measure: createMeasure(store, parts.defaultApprovers),
    readGauges: createReadGauges(store),
    nameAccount: createNameAccount(store),
    home: createHome(store, parts.defaultApprovers),
    recordForeign: createRecordForeign(store),
    recordRefusedPress: createRecordRefusedPress(store),
    recordRefusedSuspension: createRecordRefusedSuspension(store),
  };
}
