/** Creates all use cases once from their parts. Adapters take those that they need. */

import type { HashText } from '../domain/request-digest.js';
import type {
  AnswerSeal,
  Cards,
  ChainHash,
  CheckTarget,
  DetachmentProof,
  Directory,
  KeyHasher,
  MakeId,
  MakeSigningSecret,
  MakeToken,
  ReadLedger,
  Senders,
  Store,
  Vault,
  Wakeups,
} from '../ports/index.js';
import { createHome } from './approvals/app-home.js';
import { createAskToolUser } from './approvals/ask-tool-user.js';
import { createCancelRequest } from './approvals/cancel-request.js';
import { createReadCardAudience } from './approvals/card-audience.js';
import { createReadCardFacts, createReadGrantFacts } from './approvals/card-facts.js';
import { createCheckVoter, createSeesSignals } from './approvals/check-voter.js';
import { createDecide } from './approvals/decide.js';
import {
  createCheckRevoker,
  createReleaseGrant,
  createRevokeGrant,
} from './approvals/end-grant.js';
import { createEscalateApprovals } from './approvals/escalate-approvals.js';
import { createExpireApprovals } from './approvals/expire-approvals.js';
import { createFollowApproval } from './approvals/follow-approval.js';
import { createListActiveGrants } from './approvals/list-active-grants.js';
import { createManageSubscriptions } from './approvals/manage-subscriptions.js';
import { createObtainGrant } from './approvals/obtain-grant.js';
import { createRecordLimitRefusals } from './approvals/record-limit-refusals.js';
import { createRecordRefusedClick } from './approvals/record-refused-click.js';
import { createRemindApprovers } from './approvals/remind-approvers.js';
import { createRequestAccess } from './approvals/request-access.js';
import { createReadRequestHistory } from './approvals/request-history.js';
import type { RequestLimits } from './approvals/request-limits.js';
import { createViewApprovals } from './approvals/view-approvals.js';
import { createWaitForDecision } from './approvals/wait-for-decision.js';
import {
  createConfirmDetachments,
  createDetachAudit,
  createOpenAuditPartition,
} from './audit/audit-partitions.js';
import { createCountAudit } from './audit/count-audit.js';
import { createCountEvents } from './audit/count-events.js';
import { createExportAudit } from './audit/export-audit.js';
import { createQueryAudit } from './audit/query-audit.js';
import { createAuthenticate } from './authorization/authenticate.js';
import { createBootstrapAdmin } from './authorization/bootstrap-admin.js';
import { createLogin } from './authorization/login.js';
import { createManageKeys, type HumanKeys } from './authorization/manage-keys.js';
import { createManageSuspensions } from './authorization/manage-suspensions.js';
import { createRecordForeignWorkspace } from './authorization/record-foreign-workspace.js';
import { createRecordRefusedSuspension } from './authorization/record-refused-suspension.js';
import { createReviewKeys } from './authorization/review-keys.js';
import { createSuspendPrincipal } from './authorization/suspend-principal.js';
import { createDeleteOldAnswers, createDeleteShownSecrets } from './delete-old-answers.js';
import { createIdempotent } from './idempotent.js';
import { createEvaluateAlerts } from './metrics/evaluate-alerts.js';
import { createManageAlerts } from './metrics/manage-alerts.js';
import { createMeasure, createMetrics, createReadGauges } from './metrics/metrics.js';
import { createConfigureReceivers } from './notifications/configure-receivers.js';
import { createDirectMessages } from './notifications/direct-messages.js';
import { createNotifyFirstUses } from './notifications/notify-first-uses.js';
import { createNotifyReceiver } from './notifications/notify-receiver.js';
import { createReviewDeliveries } from './notifications/review-deliveries.js';
import { createCreateLinkCode, createLinkByCode } from './people/link-codes.js';
import { createManagePeople } from './people/manage-people.js';
import { createNameAccount } from './people/name-slack-account.js';
import { createStopDeactivatedUsers } from './people/stop-deactivated-users.js';
import { createApplyPolicies } from './policies/apply-policies.js';
import { createConfigureResource } from './policies/configure-resource.js';
import { createExplainAccess } from './policies/explain-access.js';
import { createLinkApprovers } from './policies/link-approvers.js';
import { createShowPolicies } from './policies/list-policies.js';
import { createRefreshApprovers } from './policies/refresh-approvers.js';
import { createSimulatePolicies } from './policies/simulate-policies.js';
import { AS_OPERATOR, UNDER_GRANT } from './secrets/authorize-change.js';
import { createChangeSecret } from './secrets/change-secret.js';
import { createDescribeSecret } from './secrets/describe-secret.js';
import { createListSecrets } from './secrets/list-secrets.js';
import { createReadSecret } from './secrets/read-secret.js';
import { createSecretOperations } from './secrets/secret-operations.js';
import { createWriteSecret } from './secrets/write-secret.js';

export interface Parts {
  readonly store: Store;
  readonly ledger: ReadLedger;
  readonly wakeups: Wakeups;
  readonly vault: Vault;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly digest: HashText;
  /** A keyed hash, for texts that contain a secret value. */
  readonly fingerprint: HashText;
  readonly chain: ChainHash;
  readonly answerSeal: AnswerSeal;
  readonly detachments: DetachmentProof;
  readonly makeToken: MakeToken;
  readonly makeSigningSecret: MakeSigningSecret;
  readonly senders: Senders;
  readonly checkTarget: CheckTarget;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  readonly installation: string;
  readonly defaultApprovers: readonly string[];
  readonly limits: RequestLimits;
  /** Undefined while no Slack workspace is connected. */
  readonly directory: () => Directory | undefined;
  /** Whether a Slack account may be linked by its confirmed e-mail address. */
  readonly linkByEmail: boolean;
  /** Who may create a key that can decide. */
  readonly humanKeys: HumanKeys;
  /** Undefined: no answer contains a link to the card. */
  readonly cardLink?: Cards['link'] | undefined;
}

export type UseCases = ReturnType<typeof createUseCases>;

export function createUseCases(given: Parts) {
  const idempotent = createIdempotent(given.fingerprint, given.answerSeal);
  const parts = { ...given, idempotent };
  const { store, ledger, wakeups, vault, hasher, makeId, stopwatch } = parts;
  const linkApprovers = createLinkApprovers(parts);
  const applyPolicies = createApplyPolicies({ ...parts, linkApprovers });
  const readCardFacts = createReadCardFacts(parts);
  const viewApprovals = createViewApprovals(store, parts.defaultApprovers);
  const queryAudit = createQueryAudit(store, parts.defaultApprovers);
  const suspendPrincipal = createSuspendPrincipal(store, idempotent);
  const requestAccess = createRequestAccess(parts);
  const readSecret = createReadSecret(ledger, vault, stopwatch);
  const changeSecret = createChangeSecret(parts, UNDER_GRANT);
  const manageSecret = createChangeSecret(parts, AS_OPERATOR);
  const followApproval = createFollowApproval(store, wakeups);
  const obtainGrant = createObtainGrant(store, requestAccess);
  return {
    authenticate: createAuthenticate(store, hasher),
    askToolUser: createAskToolUser(parts),
    requestAccess,
    waitForDecision: createWaitForDecision(store, wakeups, stopwatch, parts.cardLink),
    followApproval,
    manageSubscriptions: createManageSubscriptions(parts, followApproval),
    decide: createDecide(parts),
    cancelRequest: createCancelRequest(store, idempotent),
    readSecret,
    releaseGrant: createReleaseGrant(store, idempotent),
    revokeGrant: createRevokeGrant(parts),
    evaluateAlerts: createEvaluateAlerts(store),
    manageAlerts: createManageAlerts(store, idempotent),
    expireApprovals: createExpireApprovals(store),
    recordLimitRefusals: createRecordLimitRefusals(store),
    viewApprovals,
    listActiveGrants: createListActiveGrants(viewApprovals),
    showPolicies: createShowPolicies(store, parts.defaultApprovers),
    explainAccess: createExplainAccess(parts),
    simulatePolicies: createSimulatePolicies(store, parts.defaultApprovers),
    readCardAudience: createReadCardAudience(store.groups),
    checkVoter: createCheckVoter(store.groups),
    seesSignals: createSeesSignals(store.groups),
    checkRevoker: createCheckRevoker(store, parts.defaultApprovers),
    readCardFacts,
    readGrantFacts: createReadGrantFacts(store, readCardFacts),
    readRequestHistory: createReadRequestHistory(store, parts.defaultApprovers),
    applyPolicies,
    configureResource: createConfigureResource(applyPolicies),
    refreshApprovers: createRefreshApprovers(store, linkApprovers, parts.defaultApprovers),
    writeSecret: createWriteSecret(parts),
    changeSecret,
    manageSecret,
    secretOperations: createSecretOperations({
      readSecret,
      obtainGrant,
      changeSecret,
      manageSecret,
    }),
    deleteOldAnswers: createDeleteOldAnswers(store),
    deleteShownSecrets: createDeleteShownSecrets(store),
    openAuditPartition: createOpenAuditPartition(store),
    detachAudit: createDetachAudit(parts),
    confirmDetachments: createConfirmDetachments(parts),
    listSecrets: createListSecrets(store),
    describeSecret: createDescribeSecret(store),
    manageKeys: createManageKeys({ ...parts, linkApprovers }),
    managePeople: createManagePeople(store, idempotent),
    createLinkCode: createCreateLinkCode(parts),
    linkByCode: createLinkByCode(parts),
    login: createLogin(parts),
    stopDeactivatedUsers: createStopDeactivatedUsers(store, parts.directory),
    suspendPrincipal,
    manageSuspensions: createManageSuspensions(store, idempotent, suspendPrincipal),
    notifyFirstUses: createNotifyFirstUses(store),
    remindApprovers: createRemindApprovers(store),
    escalateApprovals: createEscalateApprovals(store),
    directMessages: createDirectMessages(store, readCardFacts),
    bootstrapAdmin: createBootstrapAdmin(store, hasher, makeId),
    reviewKeys: createReviewKeys(store),
    queryAudit,
    countAudit: createCountAudit(queryAudit),
    countEvents: createCountEvents(store, parts.defaultApprovers),
    exportAudit: createExportAudit(store, parts.installation, parts.detachments),
    configureReceivers: createConfigureReceivers(parts),
    reviewDeliveries: createReviewDeliveries(parts),
    notifyReceiver: createNotifyReceiver(parts),
    metrics: createMetrics(store, parts.defaultApprovers),
    measure: createMeasure(store, parts.defaultApprovers),
    readGauges: createReadGauges(store),
    nameAccount: createNameAccount(store),
    home: createHome(store, parts.defaultApprovers),
    recordForeignWorkspace: createRecordForeignWorkspace(store),
    recordRefusedClick: createRecordRefusedClick(store),
    recordRefusedSuspension: createRecordRefusedSuspension(store),
  };
}
