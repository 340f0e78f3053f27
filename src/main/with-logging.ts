/** One line for each step of an approval, whichever door it came through: with the request that asked for it, and ids only. */

import type { Approval, ApprovalId } from '../domain/approval.js';
import type { GrantId } from '../domain/grant.js';
import type { Log, Reads } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';
import { currentRequest } from './request-context.js';

type Found = Pick<Reads, 'approvals' | 'grants'>;

/** `request` is the one that asked first; `via` the one in which this happened, where that is another. */
export function approvalFields({ id, request }: Pick<Approval, 'id' | 'request'>) {
  const current = currentRequest()?.request;
  const via = current === request ? undefined : current;
  return { approval: id, request: request ?? current, via: request && via };
}

export function createLogged(useCases: UseCases, found: Found, log: Log): UseCases {
  const { authenticate, requestAccess, decide, readSecret, secretOperations } = useCases;
  const approvalOf = createApprovalOf(found);
  const loggedRead =
    (read: UseCases['readSecret']): UseCases['readSecret'] =>
    async (...asked) => {
      const answer = await read(...asked);
      if (!answer.ok) return answer;
      const about = await approvalOf(answer.value.grant);
      if (about) log.info(approvalFields(about), 'a secret was read');
      return answer;
    };
  return {
    ...useCases,
    async authenticate(token) {
      const caller = await authenticate(token);
      const context = currentRequest();
      if (context && caller.ok) context.principal = caller.value.principal.id;
      return caller;
    },
    async requestAccess(...asked) {
      const answer = await requestAccess(...asked);
      if (!answer.ok) return answer;
      const { approval } = answer.value;
      log.info({ ...approvalFields(approval), outcome: approval.status }, 'access was asked for');
      return answer;
    },
    async decide(decider, decision, repeat) {
      const answer = await decide(decider, decision, repeat);
      const about = answer.ok ? answer.value : await found.approvals.find(decision.approval);
      const outcome = answer.ok ? answer.value.status : answer.refusal.code;
      if (about)
        log.info({ ...approvalFields(about), entryPoint: decider.entryPoint, outcome }, 'decision');
      return answer;
    },
    readSecret: loggedRead(readSecret),
    secretOperations: { ...secretOperations, read: loggedRead(secretOperations.read) },
  };
}

/** How many grants are remembered, so that reading does not ask the database twice. What is remembered never changes. */
const REMEMBERED = 1000;

/** Undefined when it cannot be found out: a line of the log is no reason to fail a read. */
function createApprovalOf({ grants, approvals }: Found) {
  const known = new Map<GrantId, Pick<Approval, 'id' | 'request'>>();
  return async (grant: GrantId): Promise<Pick<Approval, 'id' | 'request'> | undefined> => {
    const remembered = known.get(grant);
    if (remembered) return remembered;
    try {
      const held = await grants.find(grant);
      const approval = held && (await approvals.find(held.approval));
      if (!approval) return undefined;
      const { id, request } = approval;
      if (known.size >= REMEMBERED) known.clear();
      known.set(grant, { id, request });
      return { id, request };
    } catch {
      return undefined;
    }
  };
}

/** The approval that a delivery is about, where it is about one: `<id>` or `<kind>:<id>`. */
export function approvalIn(subject: string): ApprovalId | undefined {
  const last = subject.split(':').at(-1);
  return isApprovalId(last) ? last : undefined;
}

const isApprovalId = (text = ''): text is ApprovalId => /^appr_[0-9A-Za-z]{22}$/.test(text);
