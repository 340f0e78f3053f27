/** The request comes while at least one of the windows is open. */

import { list } from '../describe-value.js';
import { isOpenOn, openWindows, type TimeWindow } from '../time-window.js';
import { type Condition, listed } from './condition.js';
import { SCHEMAS } from './schema.js';

export const timeWindow: Condition<'timeWindow'> = {
  schema: SCHEMAS.timeWindows,
  evaluate(windows, { at }) {
    const [open] = openWindows(windows, at);
    if (open) return { holds: true, text: `within ${open.text}` };
    return { holds: false, text: `outside ${listed(textsOf(windows))}` };
  },
  // Another zone counts as wider: how two zones overlap changes with the season.
  widens: (before, after) =>
    after.some((window) => {
      const same = before.filter(({ zone }) => zone === window.zone);
      return weekMinutes().some(
        ([weekday, minute]) =>
          isOpenOn(window, weekday, minute) && !same.some((old) => isOpenOn(old, weekday, minute)),
      );
    }),
  describe: (windows) => list(textsOf(windows)),
};

const textsOf = (windows: readonly TimeWindow[]) => windows.map(({ text }) => text);

function weekMinutes(): readonly (readonly [weekday: number, minute: number])[] {
  const minutes = Array.from({ length: 7 * 24 * 60 }, (_, index) => index);
  return minutes.map((minute) => [Math.floor(minute / 1440) + 1, minute % 1440] as const);
}
