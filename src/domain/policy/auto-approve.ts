/** Approval without a person: every condition that is given must hold, and one that cannot be evaluated does not. No I/O, no clock. */

import { formatDuration } from '../duration.js';
import { AUTO_REPORT_MAX } from '../limits.js';
import type { Operation } from '../vocabulary.js';
import { isWindow, openWindows, type TimeWindow } from './time-window.js';

/** An empty list can never hold; a condition that is absent need not. */
export interface AutoApproveConditions {
  /** Any of them. */
  readonly timeWindow?: readonly TimeWindow[] | undefined;
  /** Names of authenticated API keys. */
  readonly requester?: readonly string[] | undefined;
  readonly operations?: readonly Operation[] | undefined;
  /** Milliseconds. */
  readonly maxDuration?: number | undefined;
}

export interface AutoApprove {
  readonly enabled: boolean;
  readonly conditions: AutoApproveConditions;
}

export interface AutoApprovalQuestion {
  /** The authenticated key's name, never what a client says about itself. */
  readonly requester: string;
  readonly operation: Operation;
  /** Milliseconds. */
  readonly duration: number;
  /** The database's clock. */
  readonly at: Date;
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

const CONDITIONS = ['timeWindow', 'requester', 'operations', 'maxDuration'];

interface Finding {
  readonly holds: boolean;
  readonly text: string;
}

/** Is this granted without a person, and which conditions say so? Never throws: what cannot be evaluated is left to a person. */
export function judgeAutoApproval(
  auto: AutoApprove | undefined,
  question: AutoApprovalQuestion,
): AutoApprovalReport {
  if (auto?.enabled !== true) return { granted: false, held: [], failed: [] };
  const { conditions } = auto;
  const findings = givenConditions(conditions).map((condition) => ({
    condition,
    ...evaluated(condition, () => findingOn(condition, conditions, question)),
  }));
  return {
    granted: findings.every(({ holds }) => holds),
    held: findings.filter(({ holds }) => holds).map(toReport),
    failed: findings.filter(({ holds }) => !holds).map(toReport),
  };
}

/** Can every condition be read, by this version? What cannot holds for nobody. */
export function isReadable({ enabled, conditions }: AutoApprove): boolean {
  if (typeof enabled !== 'boolean' || typeof conditions !== 'object') return false;
  if (!givenConditions(conditions).every((condition) => CONDITIONS.includes(condition)))
    return false;
  const { timeWindow = [], requester = [], operations = [], maxDuration = 0 } = conditions;
  const lists = [timeWindow, requester, operations].every(Array.isArray);
  return lists && timeWindow.every(isWindow) && Number.isSafeInteger(maxDuration);
}

/** One line for the card, the audit event and `explain`: `not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles`. */
export function explainAutoApproval({ granted, held, failed }: AutoApprovalReport): string {
  const why = (granted ? held : failed).map(({ text }) => text).join('; ');
  if (granted) return clipped(`auto-approved: ${why || 'the policy sets no condition'}`);
  return clipped(`not auto-approved: ${why || 'the policy does not allow it'}`);
}

/** A long list of names must not make the request fail that is explained by it. */
function clipped(line: string): string {
  return line.length <= AUTO_REPORT_MAX ? line : `${line.slice(0, AUTO_REPORT_MAX - 1)}…`;
}

/** Also those that this version does not know: a rule that somebody wrote must never be passed over. */
function givenConditions(conditions: unknown): readonly string[] {
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions))
    return ['conditions'];
  const given = Object.entries(conditions).filter(([, wanted]) => wanted !== undefined);
  const names = given.map(([condition]) => condition);
  // The database keeps no order; a report has one.
  return [...new Set([...CONDITIONS.filter((known) => names.includes(known)), ...names])];
}

function evaluated(condition: string, evaluate: () => Finding): Finding {
  try {
    return evaluate();
  } catch {
    return { holds: false, text: `${condition} could not be evaluated` };
  }
}

function findingOn(
  condition: string,
  { timeWindow, requester, operations, maxDuration }: AutoApproveConditions,
  question: AutoApprovalQuestion,
): Finding {
  if (condition === 'timeWindow' && timeWindow) return duringOneOf(timeWindow, question.at);
  if (condition === 'requester' && requester) return askedByOneOf(requester, question.requester);
  if (condition === 'operations' && operations) return oneOf(operations, question.operation);
  if (condition === 'maxDuration' && Number.isSafeInteger(maxDuration))
    return noLongerThan(Number(maxDuration), question.duration);
  throw new TypeError(`no rule for ${condition}`);
}

function duringOneOf(windows: readonly TimeWindow[], at: Date): Finding {
  const [open] = openWindows(windows, at);
  if (open) return { holds: true, text: `within ${open.text}` };
  return { holds: false, text: `outside ${listed(windows.map(({ text }) => text))}` };
}

/** some(), not includes(): text where a list should be has the latter too, and would match by a part of a name. */
function askedByOneOf(names: readonly string[], requester: string): Finding {
  if (names.some((name) => name === requester))
    return { holds: true, text: `asked by ${requester}` };
  return { holds: false, text: `asked by ${requester}, which is not one of ${listed(names)}` };
}

function oneOf(allowed: readonly Operation[], operation: Operation): Finding {
  if (allowed.some((one) => one === operation)) return { holds: true, text: `${operation} asked` };
  return { holds: false, text: `${operation} asked, only ${listed(allowed)}` };
}

function noLongerThan(most: number, duration: number): Finding {
  const text = `${formatDuration(duration)} asked, at most ${formatDuration(most)}`;
  return { holds: duration <= most, text };
}

function toReport({ condition, text }: Finding & ConditionReport): ConditionReport {
  return { condition, text };
}

function listed(items: readonly string[]): string {
  return items.join(', ') || 'an empty list';
}
