/** Approvals and votes. An approval leaves `pending` by one conditional UPDATE; no statement relies on a status that was read earlier. */

import type { Approval, NewApproval, Origin, Settlement, Vote } from '../domain/approval.js';
import { REASON_MAX } from '../domain/limits.js';
import type { Person } from '../domain/person.js';
import type { PolicyId } from '../domain/policy/policy.js';
import { seesAccess } from '../domain/visibility.js';
import type { ApprovalReads, Approvals } from '../ports/index.js';
import { pastRequests, requesterHistory } from './approval-context.js';
import {
  APPROVAL_COLUMNS,
  type ApprovalRow,
  approvalStatus,
  REASON_BREAK,
  toApproval,
  toVote,
  type VoteRow,
} from './approval-row.js';
import { listed } from './page.js';
import { readRequestState } from './request-counts.js';
import { first, only, requireNone, type Sql, writeOne } from './sql.js';
import { accessVisible, visibilityParameters } from './visibility.js';

const JOINED = `join principal p on p.id = a.principal_id join person o on o.id = p.owner_id
  left join person s on s.id = a.settled_by`;
const SELECT = `select ${APPROVAL_COLUMNS} from approval a ${JOINED}`;
/** Reads what a statement has written, in the same statement: `written` holds its rows. */
const SELECT_WRITTEN = `select ${APPROVAL_COLUMNS} from written a ${JOINED}`;

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

    requestCounts: (principal, request) => readRequestState(sql, principal, request),
    open: () =>
      sql(`select id, resources from approval
        where status = 'pending' and expires_at > clock_timestamp() order by expires_at, id`),
    requesterHistory: (request) => requesterHistory(sql, request),
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

    async lock(id) {
      // Read after the lock, not with it: the joined rows would be as old as the moment when the statement began to wait.
      const [locked, found] = await Promise.all([
        sql('select id from approval where id = $1 for update', [id], 'hot'),
        reads.find(id),
      ]);
      return locked.length === 1 ? found : undefined;
    },

    async ballot(id) {
      const { now, votes } = only(await sql<BallotRow>(BALLOT, [id], 'hot'));
      return {
        now,
        votes: (votes ?? []).map(({ vote }) => toVote(vote)),
        voters: (votes ?? []).map(({ voter }) => ({ ...voter, slack: voter.slack ?? [] })),
      };
    },

    async insertPending(request) {
      const parameters = requestParameters(request, origin());
      const approval = toApproval(only(await sql<ApprovalRow>(INSERT_PENDING, parameters, 'hot')));
      return { approval, repeated: approval.timesRequested > 1 };
    },

    async insertSettled(request) {
      const parameters = requestParameters(request, origin());
      return toApproval(only(await sql<ApprovalRow>(INSERT_SETTLED, parameters, 'hot')));
    },

    requestState: (principal, keyId, request) => readRequestState(sql, principal, request, keyId),

    async addVote(vote: Vote) {
      await writeOne(
        sql,
        `insert into vote (${VOTE_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`,
        voteParameters(vote),
      );
    },

    async settle(id, settlement: Settlement) {
      const parameters = settlementParameters(id, settlement);
      const row = first(await sql<ApprovalRow>(SETTLE, parameters, 'hot'));
      return row && toApproval(row);
    },

    async settleByVote({ vote, settlement, grant }) {
      const row = first(
        await sql<VotedRow>(
          SETTLE_BY_VOTE,
          [
            ...settlementParameters(vote.approval, settlement),
            ...voteParameters(vote).slice(1),
            ...[grant?.id ?? null, grant?.policy ?? null, grant?.maxUses ?? null],
          ],
          'hot',
        ),
      );
      if (row && (row.voted !== 1 || row.granted !== (grant ? 1 : 0)))
        throw new Error('the database dropped a row without an error');
      return row && toApproval(row);
    },

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

const NOTHING_GRANTED = { granted: null, grantedResources: null };

function settlementParameters(id: Approval['id'], settlement: Settlement) {
  const { granted, grantedResources } =
    settlement.status === 'approved' ? settlement : NOTHING_GRANTED;
  const { status, by, reason } = settlement;
  return [id, status, by, reason ?? null, granted, grantedResources];
}

/** By the status and the clock alone, whatever was read before. */
const SETTLE_ONE = `
  update approval set status = $2, settled_at = clock_timestamp(), settled_by = $3,
    decision_reason = $4, granted_ms = $5, granted_resources = $6
  where id = $1 and status = 'pending' and expires_at > clock_timestamp() returning *`;

const SETTLE = `with written as (${SETTLE_ONE}) ${SELECT_WRITTEN}`;

const VOTE_COLUMNS = 'approval_id, person_id, verdict, door, reason, duration_ms, resources';

const voteParameters = ({
  approval,
  person,
  verdict,
  entryPoint,
  reason,
  duration,
  resources,
}: Vote) => [
  ...[approval, person, verdict, entryPoint],
  ...[reason ?? null, duration ?? null, resources ?? null],
];

/**
 * The vote and the grant are written for the row that was settled, or not at all. The grant's time starts at the settlement. The answer counts
 * both, because a trigger that returns NULL drops a row without an error.
 */
const SETTLE_BY_VOTE = `
  with written as (${SETTLE_ONE}),
  voted as (
    insert into vote (${VOTE_COLUMNS}) select id, $7, $8, $9, $10, $11::int, $12::text[] from written returning 1),
  granted as (
    insert into access_grant (id, approval_id, principal_id, policy_id, operation, resources, digest, max_uses, starts_at, ends_at)
    select $13, id, principal_id, $14, operation, granted_resources, digest, $15::int, settled_at, settled_at + granted_ms * interval '1 ms'
    from written where $13::text is not null returning 1)
  select ${APPROVAL_COLUMNS}, (select count(*)::int from voted) as voted, (select count(*)::int from granted) as granted
  from written a ${JOINED}`;

interface VotedRow extends ApprovalRow {
  readonly voted: number;
  readonly granted: number;
}

const BALLOT = `
  select clock_timestamp() as now, (
    select json_agg(json_build_object(
      'vote', json_build_object('approval_id', v.approval_id, 'person_id', v.person_id, 'verdict', v.verdict, 'door', v.door,
        'reason', v.reason, 'duration_ms', v.duration_ms, 'resources', v.resources),
      'voter', json_build_object('id', p.id, 'email', p.email, 'role', p.role, 'active', p.active,
        'slack', (select json_agg(json_build_object('teamId', team_id, 'userId', user_id)) from slack_account where person_id = p.id)))
      order by v.cast_at)
    from vote v join person p on p.id = v.person_id where v.approval_id = $1) as votes`;

interface BallotRow {
  readonly now: Date;
  readonly votes:
    | readonly {
        readonly vote: VoteRow;
        readonly voter: Omit<Person, 'slack'> & { readonly slack: Person['slack'] | null };
      }[]
    | null;
}

const REQUEST_COLUMNS = `id, principal_id, policy_id, policy_version, operation, resources, reason, claimed_client,
  duration_ms, digest, expires_at, auto_report, request_id, traceparent`;
const REQUEST_VALUES = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
  clock_timestamp() + $11::float8 * interval '1 ms', $12, $13, $14`;

const BREAK = `chr(${REASON_BREAK.codePointAt(0)})`;

/**
 * The reason of a repeated request. The first one stays, because a person may have read it. A longer one is added, if the column has room, and
 * replaces one that was added before: the request never says less than it did.
 */
const REPEATED_REASON = `
  case when char_length(excluded.reason) > char_length(split_part(approval.reason, ${BREAK}, -1))
    and char_length(split_part(approval.reason, ${BREAK}, 1)) + char_length(excluded.reason) < ${REASON_MAX}
  then split_part(approval.reason, ${BREAK}, 1) || ${BREAK} || excluded.reason else approval.reason end`;

/** The same request of the same principal that is pending is repeated instead. */
const INSERT_PENDING = `
  with written as (
    insert into approval (${REQUEST_COLUMNS}, status) values (${REQUEST_VALUES}, 'pending')
    on conflict (principal_id, operation, duration_ms, resources) where status = 'pending'
    do update set asked = approval.asked + 1, reason = ${REPEATED_REASON} returning *)
  ${SELECT_WRITTEN}`;

const INSERT_SETTLED = `
  with written as (
    insert into approval (${REQUEST_COLUMNS}, status, settled_at, granted_ms, granted_resources)
    values (${REQUEST_VALUES}, 'approved', clock_timestamp(), $9, $6) returning *)
  ${SELECT_WRITTEN}`;

const requestParameters = (request: NewApproval, origin: Origin | undefined) => [
  request.id,
  request.principal,
  request.policy,
  request.policyVersion,
  request.operation,
  request.resources,
  request.reason.replaceAll(REASON_BREAK, '\uFFFD'),
  request.claimedClient ?? null,
  request.duration,
  request.digest,
  request.ttl,
  request.autoReport ?? null,
  origin?.request ?? null,
  origin?.traceparent ?? null,
];
