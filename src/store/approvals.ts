/** Approvals and votes. An approval leaves `pending` by one conditional UPDATE; no statement relies on a status that was read earlier. */

import type { Approval, Origin, Vote } from '../domain/approval.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { RiskSignal } from '../domain/risk-signals.js';
import { seesAccess } from '../domain/visibility.js';
import type { ApprovalReads, Approvals } from '../ports/index.js';
import { pastRequests, requestRecord } from './approval-context.js';
import {
  APPROVAL_COLUMNS,
  type ApprovalRow,
  approvalStatus,
  toApproval,
  toVote,
  type VoteRow,
} from './approval-row.js';
import {
  insertPending,
  insertSettled,
  JOINED,
  lockApprovals,
  newRow,
  readBallots,
  settle,
  settleByVotes,
  VOTE_COLUMNS,
} from './approval-writes.js';
import { listed } from './page.js';
import { readRequestStates } from './request-counts.js';
import { first, present, requireNone, type Sql, writeOne } from './sql.js';
import { accessVisible, visibilityParameters } from './visibility.js';

const SELECT = `select ${APPROVAL_COLUMNS} from approval a ${JOINED}`;

export function approvalReads(sql: Sql): ApprovalReads {
  return {
    async find(id) {
      const row = first(await sql<ApprovalRow>(`${SELECT} where a.id = $1`, [id], 'hot'));
      return row && toApproval(row);
    },

    async list({ status, principal, visibility, voter }, { limit, after }) {
      const rows = await sql<ApprovalRow>(
        `${SELECT}
         where ($1::text is null or ${approvalStatus('a')} = $1) and ($2::text is null or a.principal_id = $2)
           and ($3::text is null or (a.created_at, a.id) < (select created_at, id from approval where id = $3))
           and ($5::text is null or $6 = exists (select from vote v where v.approval_id = a.id and v.person_id = $5))
           and ${accessVisible('a', 7)}
         order by a.created_at desc, a.id desc limit $4`,
        [
          ...[status ?? null, principal ?? null, after ?? null, limit + 1],
          ...[voter?.person ?? null, voter?.voted ?? false],
          ...visibilityParameters(visibility),
        ],
      );
      const page = listed(rows.map(toApproval), limit, ({ id }) => id);
      return visibility
        ? { ...page, items: page.items.filter((one) => seesAccess(visibility, one)) }
        : page;
    },

    async requestedSince(moment, { limit, after }) {
      const rows = await sql<ApprovalRow>(
        `${SELECT}
         where a.created_at >= $1
           and ($2::text is null or (a.created_at, a.id) > (select created_at, id from approval where id = $2))
         order by a.created_at, a.id limit $3`,
        [moment, after ?? null, limit + 1],
      );
      return listed(rows.map(toApproval), limit, ({ id }) => id);
    },

    async requestCounts(principal, request) {
      return present((await readRequestStates(sql, [{ ...request, principal }]))[0]);
    },
    open: () =>
      sql(`select id, resources from approval
        where status = 'pending' and expires_at > clock_timestamp() order by expires_at, id`),
    async signals(id) {
      const row = first(
        await sql<{ signals: readonly RiskSignal[] | null }>(
          'select signals from approval where id = $1',
          [id],
        ),
      );
      return row?.signals ?? [];
    },

    async keepSignals(id, signals) {
      await sql(
        `update approval set signals = $2 where id = (
           select id from approval where id = $1 and status = 'pending' and signals is distinct from $2::jsonb
           for update skip locked)`,
        [id, JSON.stringify(signals)],
      );
    },

    requestRecord: (request, policy) => requestRecord(sql, request, policy),
    pastRequests: (request, limit) => pastRequests(sql, request, limit),

    async pendingOf(principal) {
      const rows = await sql<{ id: Approval['id'] }>(
        "select id from approval where principal_id = $1 and status = 'pending' order by id",
        [principal],
      );
      return rows.map(({ id }) => id);
    },

    async votes(id) {
      const rows = await sql<VoteRow>(
        `select approval_id, person_id, verdict, door, reason, duration_ms, resources from vote
         where approval_id = $1 order by cast_at`,
        [id],
      );
      return rows.map(toVote);
    },

    async policiesRequested(principals) {
      const rows = await sql<{ policy_id: PolicyId }>(
        'select distinct policy_id from approval where principal_id = any($1)',
        [principals],
      );
      return rows.map(({ policy_id }) => policy_id);
    },
  };
}

/** `origin`: the request that is being handled, where there is one. */
export function approvals(sql: Sql, origin: () => Origin | undefined): Approvals {
  const reads = approvalReads(sql);
  const firstOf = async (rows: { id: Approval['id'] }[]) => {
    const row = first(rows);
    return row && reads.find(row.id);
  };

  const allOf = async (rows: { id: Approval['id'] }[]) => {
    const found = await sql<ApprovalRow>(`${SELECT} where a.id = any($1) order by a.expires_at`, [
      rows.map(({ id }) => id),
    ]);
    return found.map(toApproval);
  };

  return {
    ...reads,

    lock: async (id) => (await lockApprovals(sql, [id]))[0],
    ballot: async (id, by) => present((await readBallots(sql, [{ id, by }]))[0]),
    insertPending: async (request) =>
      present((await insertPending(sql, [newRow(request, origin())]))[0]),
    insertSettled: (request) => insertSettled(sql, newRow(request, origin())),

    async requestState(principal, keyId, request) {
      return present((await readRequestStates(sql, [{ ...request, principal, keyId }]))[0]);
    },

    async addVote(vote: Vote) {
      await writeOne(
        sql,
        `insert into vote (${VOTE_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          vote.approval,
          vote.person,
          vote.verdict,
          vote.entryPoint,
          vote.reason ?? null,
          vote.duration ?? null,
          vote.resources ?? null,
        ],
      );
    },

    settle: (id, settlement) => settle(sql, id, settlement),
    settleByVote: async (settling) => (await settleByVotes(sql, [settling]))[0],

    async rebind(id, policy, digest) {
      const rebound = await sql<{ id: Approval['id'] }>(
        `with rebound as (update approval set policy_id = $2, policy_version = $3, digest = $4
           where id = $1 and status = 'pending' returning id),
         void as (delete from vote where approval_id in (select id from rebound))
         select id from rebound`,
        [id, policy.id, policy.version, digest],
      );
      if (rebound.length > 0)
        await requireNone(sql, 'select 1 from vote where approval_id = $1 limit 1', [id]);
      return firstOf(rebound);
    },

    async expireDue(limit) {
      const rows = await sql<{ id: Approval['id'] }>(
        `update approval set status = 'expired', settled_at = clock_timestamp()
         where id in (select id from approval where status = 'pending' and expires_at <= clock_timestamp()
                      order by expires_at limit $1 for update skip locked)
         returning id`,
        [limit],
      );
      return allOf(rows);
    },

    async cancelPending(principal, reason, by) {
      // Locks in the order of ids, so that transactions cannot deadlock.
      return allOf(
        await sql(
          `update approval set status = 'cancelled', settled_at = clock_timestamp(), settled_by = $3, decision_reason = $2
           where status = 'pending' and expires_at > clock_timestamp() and id in (
             select id from approval where principal_id = $1 and status = 'pending' order by id for update)
           returning id`,
          [principal, reason, by ?? null],
        ),
      );
    },

    async remindDue(limit, shortestMs) {
      return allOf(
        await sql(
          `update approval set reminded_at = clock_timestamp() where id in (
             select id from approval
             where status = 'pending' and reminded_at is null and expires_at > clock_timestamp()
               and expires_at - created_at >= $2::float8 * interval '1 ms'
               and clock_timestamp() >= created_at + (expires_at - created_at) / 2
             order by expires_at limit $1 for update skip locked)
           returning id`,
          [limit, shortestMs],
        ),
      );
    },

    async escalateDue(limit) {
      return allOf(
        await sql(
          `update approval set escalated_at = clock_timestamp() where id in (
             select a.id from approval a join policy p on p.id = a.policy_id
             where a.status = 'pending' and a.escalated_at is null and a.expires_at > clock_timestamp()
               and a.created_at + p.escalate_after_ms * interval '1 ms' <= clock_timestamp()
             order by a.expires_at limit $1 for update of a skip locked)
           returning id`,
          [limit],
        ),
      );
    },
  };
}
