/** Policies, found by exact pattern: the candidates of a resource are reckoned in the domain, so this is an index look-up. */

import { type EntityManager, IsNull } from 'typeorm';
import type { Policy, PolicyRules } from '../domain/policy/policy.js';
import type { Policies, PolicyChangeRecord, PolicyReads } from '../ports/index.js';
import { columnsOf } from './columns.js';
import { first, type Sql } from './sql.js';
import { type PolicyRow, PolicyTable } from './tables.js';

const inForce = { removedAt: IsNull() };

export function policyReads(manager: EntityManager, sql: Sql): PolicyReads {
  const matching = `select ${columnsOf(manager, PolicyTable)} from policy where uri = any($1) and removed_at is null`;
  return {
    async matching(candidates) {
      const rows = await sql<PolicyRow>(matching, [candidates], 'hot');
      const place = (row: PolicyRow) => candidates.indexOf(row.uri);
      return rows.sort((a, b) => place(a) - place(b)).map(toPolicy);
    },

    async list() {
      return (await manager.find(PolicyTable, { where: inForce, order: { uri: 'asc' } })).map(
        toPolicy,
      );
    },

    async change(id, version) {
      const row = first(
        await sql<ChangeRow>('select * from policy_change where policy_id = $1 and version = $2', [
          id,
          version,
        ]),
      );
      return row && toChange(row);
    },

    async changesSince(id, moment) {
      const rows = await sql<ChangeRow>(
        'select * from policy_change where policy_id = $1 and at > $2 order by version',
        [id, moment],
      );
      return rows.map(toChange);
    },
  };
}

interface ChangeRow extends Omit<PolicyChangeRecord, 'policy' | 'channel'> {
  readonly policy_id: PolicyChangeRecord['policy'];
  readonly channel: string | null;
}

const toChange = (row: ChangeRow): PolicyChangeRecord => ({
  ...row,
  policy: row.policy_id,
  channel: row.channel ?? undefined,
});

export function policies(manager: EntityManager, sql: Sql): Policies {
  return {
    ...policyReads(manager, sql),

    async lockAll() {
      await sql('lock table policy in share row exclusive mode');
    },

    async lock(uri) {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await manager.findOne(PolicyTable, { where: { uri, ...inForce }, lock });
      return row ? toPolicy(row) : undefined;
    },

    async insert(id, rules) {
      const row = { ...toRow(rules), id, version: 1 };
      const insert = manager.createQueryBuilder().insert().into(PolicyTable).values(row);
      const { raw } = await insert.orIgnore().returning('id').execute();
      return raw.length === 1 ? toPolicy(row) : undefined;
    },

    async replace(from, rules) {
      const row = { ...toRow(rules), id: from.id, version: from.version + 1 };
      const { affected } = await manager.update(PolicyTable, latest(from), row);
      return affected === 1 ? toPolicy(row) : undefined;
    },

    async remove(from) {
      const version = from.version + 1;
      const removal = { version, removedAt: () => 'clock_timestamp()' };
      const { affected } = await manager.update(PolicyTable, latest(from), removal);
      return affected === 1 ? { ...from, version } : undefined;
    },

    async recordChange({ policy, version, uri, actor, channel, lines, loosens }) {
      await sql(
        `insert into policy_change (policy_id, version, uri, actor, channel, lines, loosens)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [policy, version, uri, actor, channel ?? null, lines, loosens],
      );
    },
  };
}

const latest = ({ id, version }: Policy) => ({ id, version, ...inForce });

function toRow(rules: PolicyRules): Omit<PolicyRow, 'id' | 'version'> {
  const { uri, name, permissions, requiresApproval, decideFrom, minApprovals } = rules;
  const { allowSelfApproval, minReasonLength, requireDecisionReason, listed, mention } = rules;
  const { defaultDuration, maxDuration, requestTtl } = rules;
  return {
    uri,
    name,
    permissions,
    requiresApproval,
    decideFrom,
    minApprovals,
    allowSelfApproval,
    minReasonLength,
    requireDecisionReason,
    listed,
    mention,
    defaultDuration,
    maxDuration,
    requestTtl,
    approvers: rules.approvers ?? null,
    requireReason: rules.requireReason ?? null,
    maxUses: rules.maxUses ?? null,
    channel: rules.channel ?? null,
    requesters: rules.requesters ?? null,
    autoApprove: rules.autoApprove ?? null,
    escalateTo: rules.escalateTo ?? null,
    escalateAfter: rules.escalateAfter ?? null,
    removedAt: null,
  };
}

function toPolicy({ removedAt: _removed, ...row }: PolicyRow): Policy {
  return {
    ...row,
    approvers: row.approvers ?? undefined,
    requireReason: row.requireReason ?? undefined,
    maxUses: row.maxUses ?? undefined,
    channel: row.channel ?? undefined,
    requesters: row.requesters ?? undefined,
    autoApprove: row.autoApprove ?? undefined,
    escalateTo: row.escalateTo ?? undefined,
    escalateAfter: row.escalateAfter ?? undefined,
  };
}
