/** Where rules and alerts are kept. */

import type { Alert, AlertRule, BuiltInRule, Observation } from '../domain/alert.js';

export interface AlertReads {
  /** Those that were set, by name; built-in ones only once they were changed. */
  rules(): Promise<readonly AlertRule[]>;
  /** At most 1,000, those that fired last first. */
  list(): Promise<readonly Alert[]>;
  /** Of every key that did something lately: what is unlike its own past. Above the threshold is an alert. */
  findAnomalies(rule: BuiltInRule): Promise<readonly Observation[]>;
}

export interface Alerts extends AlertReads {
  /** Changes of rules wait for each other until the transaction ends. */
  lockRules(): Promise<void>;
  setRule(rule: AlertRule): Promise<void>;
  /** With its alerts and silences. False: there is none. */
  removeRule(name: string): Promise<boolean>;
  /**
   * Fires unless it is firing already, fired within the cooldown (ms), or is silenced: in one statement, so that of two processes
   * that try it at once one is told true.
   */
  fire(rule: string, observation: Observation, cooldown: number): Promise<boolean>;
  /** Resolves those of the rule that fire and are not among these subjects. Each is answered once, to one process. */
  resolveOthers(rule: string, subjects: readonly string[]): Promise<readonly Observation[]>;
  /** For so many ms from now; without a subject the whole rule. Answers until when. */
  silence(rule: string, subject: string, ms: number, reason: string): Promise<Date>;
}
