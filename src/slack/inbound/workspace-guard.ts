/** A payload counts only when everything it names is the connected workspace and our app. Bolt with one token does not check this. */

import type { Workspace } from '../client/workspace.js';
import type { Envelope } from './payload.js';

/** True when any team, enterprise or app in it is another one, or when it names none at all. */
export function isForeign(payload: Envelope, { teamId, enterpriseId, appId }: Workspace): boolean {
  const { api_app_id, team, team_id, enterprise, enterprise_id, user, view } = payload;
  if (appId && api_app_id && api_app_id !== appId) return true;
  const where = team?.id ?? team_id;
  const installed = view?.app_installed_team_id;
  if (where !== teamId || (installed && installed !== teamId)) return true;
  const home = user?.team_id;
  // Within one organisation a colleague's home may be another workspace; the directory has the last word on them.
  const sameWorkspace =
    enterpriseId !== undefined && enterpriseId === (enterprise?.id ?? enterprise_id);
  return home !== undefined && home !== null && home !== teamId && !sameWorkspace;
}

/** The team and user to put on record; `?` where the payload does not say. */
export function strangerOf({ team, team_id, user, user_id }: Envelope) {
  return {
    teamId: user?.team_id ?? team?.id ?? team_id ?? '?',
    userId: user?.id ?? user_id ?? '?',
  };
}
