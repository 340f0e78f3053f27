/** Policies, found by exact pattern: the candidates of a resource are reckoned in the domain, so this is an index look-up. */

import { type EntityManager, In } from 'typeorm';
import type { Policy, PolicyRules } from '../domain/policy.js';
import type { Policies, PolicyReads } from '../domain/ports.js';
import { type PolicyRow, PolicyTable } from './tables.js';

export function policyReads(manager: EntityManager): PolicyReads {
  return {
    async matching(candidates) {
      const rows = await manager.findBy(PolicyTable, { uri: In([...candidates]) });
      const place = (row: PolicyRow) => candidates.indexOf(row.uri);
      return rows.sort((a, b) => place(a) - place(b)).map(toPolicy);
    },

    async list() {
      return (await manager.find(PolicyTable, { order: { uri: 'asc' } })).map(toPolicy);
    },
  };
}

export function policies(manager: EntityManager): Policies {
  return {
    ...policyReads(manager),

    async lock(uri) {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await manager.findOne(PolicyTable, { where: { uri }, lock });
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
      const { affected } = await manager.update(
        PolicyTable,
        { id: from.id, version: from.version },
        row,
      );
      return affected === 1 ? toPolicy(row) : undefined;
    },
  };
}

function toRow(rules: PolicyRules): Omit<PolicyRow, 'id' | 'version'> {
  const { uri, name, permissions, requiresApproval, decideFrom, minApprovals } = rules;
  const { allowSelfApproval, minReasonLength, requireDecisionReason } = rules;
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
    defaultDuration,
    maxDuration,
    requestTtl,
    approvers: rules.approvers ?? null,
    requireReason: rules.requireReason ?? null,
    maxUses: rules.maxUses ?? null,
    channel: rules.channel ?? null,
  };
}

function toPolicy(row: PolicyRow): Policy {
  return {
    ...row,
    approvers: row.approvers ?? undefined,
    requireReason: row.requireReason ?? undefined,
    maxUses: row.maxUses ?? undefined,
    channel: row.channel ?? undefined,
  };
}
