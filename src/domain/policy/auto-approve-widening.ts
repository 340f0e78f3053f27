/** Does a change of auto-approval let more through without a person? In doubt, yes. */

import { type AutoApprove, type AutoApproveConditions, isReadable } from './auto-approve.js';
import { isOpenOn, type TimeWindow } from './time-window.js';

type Widens<T> = (before: T, after: T) => boolean;

/** Which conditions hold more often than before, as a sentence; false when none does. */
export function autoApprovalWidens(
  before: AutoApprove | undefined,
  after: AutoApprove | undefined,
): string | false {
  if (!after?.enabled) return false;
  if (!before?.enabled || !isReadable(before)) return 'requests can be granted without a person';
  const wider = widerConditions(before.conditions, after.conditions);
  return wider.length > 0 && `more is granted without a person (${wider.join(', ')})`;
}

function widerConditions(
  before: AutoApproveConditions,
  after: AutoApproveConditions,
): readonly string[] {
  const wider = {
    timeWindow: widened(before.timeWindow, after.timeWindow, opensMore),
    requester: widened(before.requester, after.requester, hasMore),
    operations: widened(before.operations, after.operations, hasMore),
    maxDuration: widened(before.maxDuration, after.maxDuration, (was, is) => is > was),
  };
  return Object.entries(wider).flatMap(([condition, is]) => (is ? [condition] : []));
}

/** Dropping a condition widens; adding one never does. */
function widened<T>(before: T | undefined, after: T | undefined, more: Widens<T>): boolean {
  if (before === undefined) return false;
  return after === undefined || more(before, after);
}

const hasMore: Widens<readonly string[]> = (before, after) =>
  after.some((item) => !before.includes(item));

/** Another zone counts as more: how two zones overlap changes with the season. */
const opensMore: Widens<readonly TimeWindow[]> = (before, after) =>
  after.some((window) => {
    const same = before.filter(({ zone }) => zone === window.zone);
    return weekMinutes().some(
      ([weekday, minute]) =>
        isOpenOn(window, weekday, minute) && !same.some((old) => isOpenOn(old, weekday, minute)),
    );
  });

function weekMinutes(): readonly (readonly [weekday: number, minute: number])[] {
  const minutes = Array.from({ length: 7 * 24 * 60 }, (_, index) => index);
  return minutes.map((minute) => [Math.floor(minute / 1440) + 1, minute % 1440] as const);
}
