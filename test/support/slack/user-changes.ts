/** Changes Slack's answer about a user, since no emulator can: deactivated, guest, of another workspace. */

import type { Fault } from './faults.js';
import { asObject, type JsonObject } from './json.js';

/**
 * Adds `change` to the `user` that `users.info` answers for this id, until the faults are cleared:
 * `{ deleted: true }`, `{ is_restricted: true }`, `{ is_stranger: true, team_id: 'T0OTHER' }`.
 */
export function userBecomes(userId: string, change: JsonObject): Fault {
  return {
    method: 'users.info',
    times: Number.POSITIVE_INFINITY,
    when: (body) => body['user'] === userId,
    fault: 'json',
    json: (upstream: JsonObject) => ({
      ...upstream,
      user: { ...asObject(upstream['user']), ...change },
    }),
  };
}
