/** Approval without a person: every condition that is given must hold, and one that cannot be evaluated does not. No I/O, no clock. */

import type { Json } from '../canonical-json.js';
import { AUTO_REPORT_MAX } from '../limits.js';
import type { AutoApprovalQuestion, Finding } from './conditions/condition.js';
import { type AutoApproveConditions, conditions as known } from './conditions/index.js';

export interface AutoApprove {
  readonly enabled: boolean;
  readonly conditions: AutoApproveConditions;
}

export interface ConditionReport {
  readonly condition: string;
  readonly text: string;
}

export interface AutoApprovalReport {
  readonly granted: boolean;
  readonly held: readonly ConditionReport[];
  /** Empty together with `granted: false` when auto-approval is off. */
  readonly failed: readonly ConditionReport[];
}

/** Is this granted without a person, and which conditions say so? Never throws: a person decides what cannot be evaluated. */
export function judgeAutoApproval(
  auto: AutoApprove | undefined,
  question: AutoApprovalQuestion,
): AutoApprovalReport {
  if (auto?.enabled !== true) return { granted: false, held: [], failed: [] };
  const findings = givenConditions(auto.conditions).map(([condition, value]) => ({
    condition,
    ...evaluate(condition, value, question),
  }));
  return {
    granted: findings.every(({ holds }) => holds),
    held: findings.filter(({ holds }) => holds).map(toReport),
    failed: findings.filter(({ holds }) => !holds).map(toReport),
  };
}

/** Can this version read every condition? One that it cannot read never holds. */
export function isReadable({ enabled, conditions }: AutoApprove): boolean {
  if (typeof enabled !== 'boolean') return false;
  return givenConditions(conditions).every(([name, value]) => isReadableAs(name, value));
}

/** One line for the card, the audit event and `explain`: `not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles`. */
export function explainAutoApproval({ granted, held, failed }: AutoApprovalReport): string {
  const why = (granted ? held : failed).map(({ text }) => text).join('; ');
  if (granted) return clipped(`auto-approved: ${why || 'the policy sets no condition'}`);
  return clipped(`not auto-approved: ${why || 'the policy does not allow it'}`);
}

/** The report as an agent may read it: which other keys a policy trusts is not shown to it. */
export function reportForAgents(report: AutoApprovalReport): AutoApprovalReport {
  const failed = report.failed.map(({ condition, text }) => ({
    condition,
    text: known.get(condition)?.failureForAgents ?? text,
  }));
  return { ...report, failed };
}

/** Does the change grant more without a person? Names the conditions that hold more often, in a sentence. */
export function autoApprovalWidens(
  before: AutoApprove | undefined,
  after: AutoApprove | undefined,
): string | false {
  if (!after?.enabled) return false;
  if (!before?.enabled || !isReadable(before)) return 'requests can be granted without a person';
  const later = new Map(givenConditions(after.conditions));
  const wider = givenConditions(before.conditions)
    .filter(([name, value]) => conditionWidens(name, value, later.get(name)))
    .map(([name]) => name);
  return wider.length > 0 && `more is granted without a person (${wider.join(', ')})`;
}

export function describeAutoApproval(auto: AutoApprove | undefined): string {
  if (!auto) return 'off';
  if (!isReadable(auto)) return 'unreadable, so a person is always asked';
  const given = givenConditions(auto.conditions).map(
    ([name, value]) => `${name} ${known.get(name)?.describe(value)}`,
  );
  const when = given.length > 0 ? ` when ${given.join(' and ')}` : '';
  return `${auto.enabled ? 'on' : 'off'}${when}`;
}

/** As an audit event holds it. */
export function plainAutoApproval(auto: AutoApprove): Json {
  if (!isReadable(auto)) return 'unreadable';
  const given = givenConditions(auto.conditions).map(([name, value]) => [
    name,
    known.get(name)?.schema.toJson(value),
  ]);
  return { enabled: auto.enabled, conditions: Object.fromEntries(given) };
}

/** Also those that this version does not know: a rule that a policy sets must never be passed over. */
function givenConditions(
  conditions: unknown,
): readonly (readonly [name: string, value: unknown])[] {
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions))
    return [['conditions', conditions]];
  const given = new Map<string, unknown>(
    Object.entries(conditions).filter(([, wanted]) => wanted !== undefined),
  );
  // The database keeps no order; a report has one.
  const names = new Set([...[...known.keys()].filter((name) => given.has(name)), ...given.keys()]);
  return [...names].map((name) => [name, given.get(name)] as const);
}

const isReadableAs = (name: string, value: unknown): boolean =>
  known.get(name)?.schema.isReadable(value) ?? false;

function evaluate(name: string, value: unknown, question: AutoApprovalQuestion): Finding {
  const unknown = { holds: false, text: `${name} could not be evaluated` };
  const condition = known.get(name);
  if (!condition?.schema.isReadable(value)) return unknown;
  try {
    return condition.evaluate(value, question);
  } catch {
    return unknown;
  }
}

/** Dropping a condition widens; adding one never does. */
function conditionWidens(name: string, before: unknown, after: unknown): boolean {
  if (!isReadableAs(name, after)) return true;
  return known.get(name)?.widens(before, after) ?? true;
}

/** A long list of names must not make the request fail that is explained by it. */
function clipped(line: string): string {
  return line.length <= AUTO_REPORT_MAX ? line : `${line.slice(0, AUTO_REPORT_MAX - 1)}…`;
}

function toReport({ condition, text }: Finding & ConditionReport): ConditionReport {
  return { condition, text };
}
