/**
 * The statements with which a request and a decision change approvals. Each works on several at once, so that requests and decisions that
 * arrive together can share a transaction (`together.ts`); alone it works on one.
 */

import type {
  Approval,
  ApprovalId,
  NewApproval,
  Origin,
  Settlement,
  Vote,
} from '../domain/approval.js';
import { REASON_MAX } from '../domain/limits.js';
import type { Person } from '../domain/person.js';
import type { Ballot, DecidingAs, SettlingVote } from '../ports/index.js';
import {
  APPROVAL_COLUMNS,
  type ApprovalRow,
  REASON_BREAK,
  toApproval,
  toVote,
  type VoteRow,
} from './approval-row.js';
import { first, only, present, type Sql } from './sql.js';

export const JOINED = `join principal p on p.id = a.principal_id join person o on o.id = p.owner_id
  left join person s on s.id = a.settled_by`;
/** Reads what a statement has written, in the same statement: `written` holds its rows. */
const SELECT_WRITTEN = `select ${APPROVAL_COLUMNS} from written a ${JOINED}`;

const byId = (rows: readonly ApprovalRow[]) => new Map(rows.map((row) => [row.id, row]));

const LOCK = 'select id from approval where id = any($1) order by id for update';
const FIND = `select ${APPROVAL_COLUMNS} from approval a ${JOINED} where a.id = any($1)`;

/**
 * Locks these approvals in the order of their ids, and reads them after that, not with it: joined rows would be as old as the moment when
 * the statement began to wait. With `skipLocked` an approval that another transaction has locked is undefined.
 */
export async function lockApprovals(
  sql: Sql,
  ids: readonly ApprovalId[],
  { skipLocked = false } = {},
): Promise<readonly (Approval | undefined)[]> {
  const [locked, found] = await Promise.all([
    sql<{ id: ApprovalId }>(skipLocked ? `${LOCK} skip locked` : LOCK, [ids], 'hot'),
    sql<ApprovalRow>(FIND, [ids], 'hot'),
  ]);
  const held = new Set(locked.map(({ id }) => id));
  const rows = byId(found);
  return ids.map((id) => {
    const row = held.has(id) ? rows.get(id) : undefined;
    return row && toApproval(row);
  });
}

const BALLOTS = `
  select q.id, clock_timestamp() as now, (
    select p.active and (q.key_id is null or exists (
      select from api_key k join principal o on o.id = k.principal_id where k.id = q.key_id and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > clock_timestamp()) and o.suspended_at is null))
    from person p where p.id = q.person_id) as may_act, (
    select json_agg(json_build_object(
      'vote', json_build_object('approval_id', v.approval_id, 'person_id', v.person_id, 'verdict', v.verdict, 'door', v.door,
        'reason', v.reason, 'duration_ms', v.duration_ms, 'resources', v.resources),
      'voter', json_build_object('id', p.id, 'email', p.email, 'role', p.role, 'active', p.active,
        'slack', (select json_agg(json_build_object('teamId', team_id, 'userId', user_id)) from slack_account where person_id = p.id)))
      order by v.cast_at)
    from vote v join person p on p.id = v.person_id where v.approval_id = q.id) as votes
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as q(id, person_id, key_id, place) order by q.place`;

interface BallotRow {
  readonly now: Date;
  readonly may_act: boolean | null;
  readonly votes:
    | readonly {
        readonly vote: VoteRow;
        readonly voter: Omit<Person, 'slack'> & { readonly slack: Person['slack'] | null };
      }[]
    | null;
}

/** The votes on each approval, and whether the person who decides it may act, in the same order. */
export async function readBallots(
  sql: Sql,
  asked: readonly { readonly id: ApprovalId; readonly by: DecidingAs }[],
): Promise<readonly Ballot[]> {
  const given = [
    asked.map(({ id }) => id),
    asked.map(({ by }) => by.person),
    asked.map(({ by }) => by.key),
  ];
  const rows = await sql<BallotRow>(BALLOTS, given, 'hot');
  return rows.map(({ now, may_act: mayAct, votes }) => ({
    now,
    mayAct: mayAct === true,
    votes: (votes ?? []).map(({ vote }) => toVote(vote)),
    voters: (votes ?? []).map(({ voter }) => ({ ...voter, slack: voter.slack ?? [] })),
  }));
}

const COLUMNS = `id, principal_id, policy_id, policy_version, operation, resources, reason, claimed_client,
  duration_ms, digest, auto_report, request_id, traceparent`;
/** The rows of a JSON list, with the columns' own types. */
const GIVEN = `jsonb_to_recordset($1::jsonb) as given(id text, principal_id text, policy_id text, policy_version int, operation text,
  resources text[], reason text, claimed_client text, duration_ms int, digest text, auto_report text, request_id text,
  traceparent text, ttl float8)`;
const EXPIRES = `clock_timestamp() + ttl * interval '1 ms'`;

/** A row of `approval`, as JSON. */
export const newRow = (request: NewApproval, origin: Origin | undefined) => ({
  id: request.id,
  principal_id: request.principal,
  policy_id: request.policy,
  policy_version: request.policyVersion,
  operation: request.operation,
  resources: request.resources,
  reason: request.reason.replaceAll(REASON_BREAK, '\uFFFD'),
  claimed_client: request.claimedClient,
  duration_ms: request.duration,
  digest: request.digest,
  ttl: request.ttl,
  auto_report: request.autoReport,
  request_id: origin?.request,
  traceparent: origin?.traceparent,
});

export type NewRow = ReturnType<typeof newRow>;

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
    insert into approval (${COLUMNS}, expires_at, status) select ${COLUMNS}, ${EXPIRES}, 'pending' from ${GIVEN}
    on conflict (principal_id, operation, duration_ms, resources) where status = 'pending'
    do update set asked = approval.asked + 1, reason = ${REPEATED_REASON} returning *)
  ${SELECT_WRITTEN}`;

/** Requests of different principals; the answers are in the same order. */
export async function insertPending(
  sql: Sql,
  rows: readonly NewRow[],
): Promise<readonly { readonly approval: Approval; readonly repeated: boolean }[]> {
  const written = await sql<ApprovalRow>(INSERT_PENDING, [JSON.stringify(rows)], 'hot');
  const ofPrincipal = new Map(written.map((row) => [row.principal_id, row]));
  return rows.map(({ principal_id }) => {
    const approval = toApproval(present(ofPrincipal.get(principal_id)));
    return { approval, repeated: approval.timesRequested > 1 };
  });
}

const INSERT_SETTLED = `
  with written as (
    insert into approval (${COLUMNS}, expires_at, status, settled_at, granted_ms, granted_resources)
    select ${COLUMNS}, ${EXPIRES}, 'approved', clock_timestamp(), duration_ms, resources from ${GIVEN} returning *)
  ${SELECT_WRITTEN}`;

export async function insertSettled(sql: Sql, row: NewRow): Promise<Approval> {
  return toApproval(only(await sql<ApprovalRow>(INSERT_SETTLED, [JSON.stringify([row])], 'hot')));
}

/** By the status and the clock alone, whatever was read before. */
const SETTLED = `
  update approval a set status = s.status, settled_at = clock_timestamp(), settled_by = s.by,
    decision_reason = s.reason, granted_ms = s.granted_ms, granted_resources = s.granted_resources,
    sent_back = coalesce(s.sent_back, false)
  from jsonb_to_recordset($1::jsonb) as s(id text, status text, by text, reason text, granted_ms int, granted_resources text[], sent_back boolean)
  where a.id = s.id and a.status = 'pending' and a.expires_at > clock_timestamp() returning a.*`;

const settlementRow = (id: ApprovalId, settlement: Settlement) => ({
  id,
  status: settlement.status,
  by: settlement.by,
  reason: settlement.reason,
  ...(settlement.status === 'denied' && { sent_back: settlement.sentBack }),
  ...(settlement.status === 'approved' && {
    granted_ms: settlement.granted,
    granted_resources: settlement.grantedResources,
  }),
});

const SETTLE = `with written as (${SETTLED}) ${SELECT_WRITTEN}`;

/** Undefined when the approval was already settled or has expired. */
export async function settle(
  sql: Sql,
  id: ApprovalId,
  settlement: Settlement,
): Promise<Approval | undefined> {
  const given = JSON.stringify([settlementRow(id, settlement)]);
  const row = first(await sql<ApprovalRow>(SETTLE, [given], 'hot'));
  return row && toApproval(row);
}

export const VOTE_COLUMNS = 'approval_id, person_id, verdict, door, reason, duration_ms, resources';

/**
 * Votes and grants are written for the rows that were settled, and for no others. A grant's time starts at the settlement. The answer says which
 * were written, because a trigger that returns NULL drops a row without an error.
 */
const SETTLE_BY_VOTES = `
  with written as (${SETTLED}),
  voted as (
    insert into vote (${VOTE_COLUMNS})
    select w.id, v.person_id, v.verdict, v.door, v.vote_reason, v.vote_duration_ms, v.vote_resources
    from written w join jsonb_to_recordset($1::jsonb) as v(id text, person_id text, verdict text, door text, vote_reason text,
      vote_duration_ms int, vote_resources text[]) on v.id = w.id
    returning approval_id),
  granted as (
    insert into access_grant (id, approval_id, principal_id, policy_id, operation, resources, digest, max_uses, starts_at, ends_at)
    select g.grant_id, w.id, w.principal_id, g.grant_policy, w.operation, w.granted_resources, w.digest, g.max_uses,
      w.settled_at, w.settled_at + w.granted_ms * interval '1 ms'
    from written w join jsonb_to_recordset($1::jsonb) as g(id text, grant_id text, grant_policy text, max_uses int)
      on g.id = w.id and g.grant_id is not null
    returning approval_id)
  select ${APPROVAL_COLUMNS}, a.id in (select approval_id from voted) as voted, a.id in (select approval_id from granted) as granted
  from written a ${JOINED}`;

interface VotedRow extends ApprovalRow {
  readonly voted: boolean;
  readonly granted: boolean;
}

/** Votes on different approvals; the answers are in the same order, undefined for those already settled or expired. */
export async function settleByVotes(
  sql: Sql,
  settling: readonly SettlingVote[],
): Promise<readonly (Approval | undefined)[]> {
  const given = settling.map(({ vote, settlement, grant }) => ({
    ...settlementRow(vote.approval, settlement),
    ...voteFields(vote),
    grant_id: grant?.id,
    grant_policy: grant?.policy,
    max_uses: grant?.maxUses,
  }));
  const written = await sql<VotedRow>(SETTLE_BY_VOTES, [JSON.stringify(given)], 'hot');
  const rows = new Map(written.map((row) => [row.id, row]));
  return settling.map(({ vote, grant }) => {
    const row = rows.get(vote.approval);
    if (row && (!row.voted || row.granted !== (grant !== undefined)))
      throw new Error('the database dropped a row without an error');
    return row && toApproval(row);
  });
}

const voteFields = (vote: Vote) => ({
  person_id: vote.person,
  verdict: vote.verdict,
  door: vote.entryPoint,
  vote_reason: vote.reason,
  vote_duration_ms: vote.duration,
  vote_resources: vote.resources,
});
