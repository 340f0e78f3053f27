/** Alert rules that people set. */

import type { EntityManager } from 'typeorm';
import type { AlertRule } from '../domain/alert.js';
import { type AlertRuleRow, AlertRuleTable } from './tables.js';

export type AlertRules = ReturnType<typeof alertRules>;

export function alertRules(manager: EntityManager) {
  return {
    async list(): Promise<readonly AlertRule[]> {
      const rows = await manager.find(AlertRuleTable, { order: { name: 'asc' } });
      return rows.map(toRule);
    },

    async set(rule: AlertRule): Promise<void> {
      await manager.upsert(AlertRuleTable, toRow(rule), ['name']);
    },

    /** False: there is none. */
    async remove(name: string): Promise<boolean> {
      const { affected } = await manager.delete(AlertRuleTable, { name });
      return affected === 1;
    },
  };
}

/** A rule without a metric changes a built-in one. */
function toRow(rule: AlertRule): Omit<AlertRuleRow, 'updatedAt'> {
  const counting = rule.metric === undefined ? undefined : rule;
  return {
    name: rule.name,
    metric: counting?.metric ?? null,
    resource: counting?.resource ?? null,
    key: counting?.key ?? null,
    operation: counting?.operation ?? null,
    threshold: counting?.threshold ?? null,
    period: counting?.period ?? null,
    cooldown: rule.cooldown,
    receivers: rule.to ?? null,
    enabled: rule.enabled,
  };
}

function toRule(row: AlertRuleRow): AlertRule {
  const { name, cooldown, enabled } = row;
  const settings = { name, cooldown, to: row.receivers ?? undefined, enabled };
  const { metric, threshold, period } = row;
  if (metric === null || threshold === null || period === null) return settings as AlertRule;
  return {
    ...settings,
    metric,
    threshold,
    period,
    resource: row.resource ?? undefined,
    key: row.key ?? undefined,
    operation: row.operation ?? undefined,
  };
}
