/** Tables that people manage, as TypeORM's repositories see them. All other tables are reached by SQL; the schema comes from migrations/ alone. */

import { EntitySchema } from 'typeorm';
import type { Person } from '../domain/person.js';
import type { Metric, Operation, ReceiverKind } from '../domain/vocabulary.js';

const created = { type: 'timestamptz', name: 'created_at', createDate: true } as const;

export type PersonRow = Omit<Person, 'slack' | 'removed'> & {
  readonly createdAt: Date;
  readonly removedAt?: Date | null;
  readonly slack?: SlackAccountRow[];
};

export const PersonTable = new EntitySchema<PersonRow>({
  name: 'person',
  columns: {
    id: { type: 'text', primary: true },
    email: { type: 'text' },
    role: { type: 'text' },
    active: { type: 'boolean', default: true },
    createdAt: created,
    removedAt: { type: 'timestamptz', name: 'removed_at', nullable: true },
  },
  relations: {
    slack: { type: 'one-to-many', target: 'slack_account', inverseSide: 'person' },
  },
});

export interface SlackAccountRow {
  readonly teamId: string;
  readonly userId: string;
  readonly personId: string;
  readonly person?: PersonRow;
}

export const SlackAccountTable = new EntitySchema<SlackAccountRow>({
  name: 'slack_account',
  columns: {
    teamId: { type: 'text', name: 'team_id', primary: true },
    userId: { type: 'text', name: 'user_id', primary: true },
    personId: { type: 'text', name: 'person_id' },
  },
  relations: {
    person: {
      type: 'many-to-one',
      target: 'person',
      inverseSide: 'slack',
      joinColumn: { name: 'person_id' },
    },
  },
});

export interface AlertRuleRow {
  readonly name: string;
  readonly metric: Metric | null;
  readonly resource: string | null;
  readonly key: string | null;
  readonly operation: Operation | null;
  readonly threshold: number | null;
  readonly period: number | null;
  readonly cooldown: number;
  readonly receivers: readonly ReceiverKind[] | null;
  readonly enabled: boolean;
  readonly updatedAt: Date;
}

export const AlertRuleTable = new EntitySchema<AlertRuleRow>({
  name: 'alert_rule',
  columns: {
    name: { type: 'text', primary: true },
    metric: { type: 'text', nullable: true },
    resource: { type: 'text', nullable: true },
    key: { type: 'text', name: 'key_name', nullable: true },
    operation: { type: 'text', nullable: true },
    threshold: { type: 'float8', nullable: true },
    period: { type: 'integer', name: 'period_ms', nullable: true },
    cooldown: { type: 'integer', name: 'cooldown_ms' },
    receivers: { type: 'text', array: true, nullable: true },
    enabled: { type: 'boolean' },
    updatedAt: { type: 'timestamptz', name: 'updated_at', updateDate: true },
  },
});

export const tables = [PersonTable, SlackAccountTable, AlertRuleTable];
