/** Accepts a payload only when every team, enterprise and app in it is the connected one. Bolt with a single token does not check this. */

import type { Workspace } from '../client/workspace.js';
import type { Envelope } from './payload.js';

/** True when the payload names another team, enterprise or app, or no team. */
export function isForeign(payload: Envelope, { teamId, enterpriseId, appId }: Workspace): boolean {
  const { api_app_id, team, team_id, enterprise, enterprise_id, user, view } = payload;
  if (appId && api_app_id && api_app_id !== appId) return true;
  const where = team?.id ?? team_id;
  const installed = view?.app_installed_team_id;
  if (where !== teamId || (installed && installed !== teamId)) return true;
  const home = user?.team_id;
  // Within one organisation a person's home may be another workspace; the directory decides about that account.
  const sameWorkspace =
    enterpriseId !== undefined && enterpriseId === (enterprise?.id ?? enterprise_id);
  return home !== undefined && home !== null && home !== teamId && !sameWorkspace;
}

/** The team and user for the audit trail; `?` where the payload names none. */
export function senderOf({ team, team_id, user, user_id }: Envelope) {
  return {
    teamId: user?.team_id ?? team?.id ?? team_id ?? '?',
    userId: user?.id ?? user_id ?? '?',
  };
}
