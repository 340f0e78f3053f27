/** The store of alert rules and alerts. */

import type { Alert, AlertRule, BuiltInRule, Observation } from '../domain/alert.js';

export interface AlertReads {
  /** Stored rules by name. A built-in rule is stored only after a change. */
  rules(): Promise<readonly AlertRule[]>;
  /** At most 1,000 alerts, the most recently fired first. */
  list(): Promise<readonly Alert[]>;
  /** Compares the recent activity of each key with its own past. An observation above its threshold is an alert. */
  findAnomalies(rule: BuiltInRule): Promise<readonly Observation[]>;
}

export interface Alerts extends AlertReads {
  /** Serialises rule changes: other changes wait until this transaction ends. */
  lockRules(): Promise<void>;
  setRule(rule: AlertRule): Promise<void>;
  /** Removes the rule with its alerts and silences. False when it does not exist. */
  removeRule(name: string): Promise<boolean>;
  /**
   * Fires the alert unless it is already firing, fired within the cooldown (ms), or is silenced. This is one statement, so only one
   * of two concurrent processes gets true.
   */
  fire(rule: string, observation: Observation, cooldown: number): Promise<boolean>;
  /** Resolves the rule's firing alerts for all other subjects. Each resolved alert is returned to only one process. */
  resolveOthers(rule: string, subjects: readonly string[]): Promise<readonly Observation[]>;
  /** Silences the subject, or the whole rule when the subject is empty, for `ms` from now. Returns the end. */
  silence(rule: string, subject: string, ms: number, reason: string): Promise<Date>;
}
