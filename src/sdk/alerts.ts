/** Alerts and what raises them. */

import type { z } from 'zod';
import { alertRoutes, type WireAlert, type WireAlertRule } from '../contract/alert.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

/** What is not named stays as it is; null takes a filter away. */
export type AlertSettings = z.input<typeof alertRoutes.set.body>;

export function createAlerts(call: Call) {
  return {
    /** Makes a rule or changes what is named of it. */
    setAlert: (rule: AlertSettings, options?: ChangeOptions) =>
      call(alertRoutes.set, { body: rule, ...options }),
    /** What fires, what is resolved, and what is silenced. */
    alerts: ({ signal }: CallOptions = {}): Promise<WireAlert[]> =>
      collect((cursor) => call(alertRoutes.list, { query: cursor, signal })),
    alertRules: ({ signal }: CallOptions = {}): Promise<WireAlertRule[]> =>
      collect((cursor) => call(alertRoutes.rules, { query: cursor, signal })),
    /** A built-in rule becomes again what it was. */
    removeAlert: (name: string, options?: ChangeOptions) =>
      call(alertRoutes.remove, { body: { name }, ...options }),
    /** Nothing fires for so long; with a key, nothing of that key. */
    silenceAlert: (silence: z.input<typeof alertRoutes.silence.body>, options?: ChangeOptions) =>
      call(alertRoutes.silence, { body: silence, ...options }),
  };
}
