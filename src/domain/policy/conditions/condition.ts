/** What one condition of auto-approval consists of. */

import type { ConditionName, Operation } from '../../vocabulary.js';
import type { ConditionValue, Schema } from './schema.js';

export interface AutoApprovalQuestion {
  /** The authenticated key's name, never what a client says about itself. */
  readonly requester: string;
  readonly operation: Operation;
  /** Milliseconds. */
  readonly duration: number;
  /** The database's clock. */
  readonly at: Date;
}

export interface Finding {
  readonly holds: boolean;
  readonly text: string;
}

export interface ConditionOf<Value> {
  readonly schema: Schema<Value>;
  /** May throw where it cannot evaluate the value: a person then decides. */
  evaluate(value: Value, question: AutoApprovalQuestion): Finding;
  /** Can it hold after the change where it did not hold before? In doubt, yes. */
  widens(before: Value, after: Value): boolean;
  describe(value: Value): string;
  /** What an agent reads when the condition fails and its text would name other keys. */
  readonly failureForAgents?: string;
}

export type Condition<Name extends ConditionName> = ConditionOf<ConditionValue<Name>>;

/** The items of a list as a finding shows them. */
export const listed = (items: readonly string[]): string => items.join(', ') || 'an empty list';
