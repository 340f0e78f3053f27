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
    [...new Set(after.map(({ zone }) => zone))].some((zone) => {
      const open = openMinutes(before, zone);
      return openMinutes(after, zone).some((isNow, minute) => isNow && !open[minute]);
    }),
  describe: (windows) => list(textsOf(windows)),
};

const textsOf = (windows: readonly TimeWindow[]) => windows.map(({ text }) => text);

const DAY = 24 * 60;

/** For each minute of the week in that zone, is one of the windows open? The work grows with the windows, and not with their pairs. */
function openMinutes(windows: readonly TimeWindow[], zone: string): readonly boolean[] {
  const minutes = Array<boolean>(7 * DAY).fill(false);
  for (const window of windows.filter((one) => one.zone === zone))
    for (let minute = 0; minute < minutes.length; minute += 1)
      minutes[minute] ||= isOpenOn(window, Math.floor(minute / DAY) + 1, minute % DAY);
  return minutes;
}
