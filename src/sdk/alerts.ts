/** `client.mcp`: alerts and alert rules. */

import type { z } from 'zod';
import { alertRoutes, type WireAlert, type WireAlertRule } from '../contract/alert.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

/** Settings that are absent stay unchanged. Null removes a filter. */
export type AlertSettings = z.input<typeof alertRoutes.set.body>;

export function createAlerts(call: Call) {
  return {
    /** Creates a rule, or changes the given settings of one. */
    setAlert: (rule: AlertSettings, options?: ChangeOptions) =>
      call(alertRoutes.set, { body: rule, ...options }),
    /** Lists alerts: firing, resolved and silenced. */
    alerts: ({ signal }: CallOptions = {}): Promise<WireAlert[]> =>
      collect((cursor) => call(alertRoutes.list, { query: cursor, signal })),
    alertRules: ({ signal }: CallOptions = {}): Promise<WireAlertRule[]> =>
      collect((cursor) => call(alertRoutes.rules, { query: cursor, signal })),
    /** Removes a rule and its alerts. A built-in rule returns to its defaults. */
    removeAlert: (name: string, options?: ChangeOptions) =>
      call(alertRoutes.remove, { body: { name }, ...options }),
    /** Keeps a rule from firing for a while. With `key`, only alerts about that key. */
    silenceAlert: (silence: z.input<typeof alertRoutes.silence.body>, options?: ChangeOptions) =>
      call(alertRoutes.silence, { body: silence, ...options }),
  };
}
