/** Reads the server address and the key from the environment. */

import { homedir } from 'node:os';
import path from 'node:path';

/** Reads `VSECURE_URL`, `VSECURE_API_KEY` and `VSECURE_PROFILE`. An empty variable counts as unset. */
export function readEnvironment() {
  const { VSECURE_URL: url, VSECURE_API_KEY: apiKey, VSECURE_PROFILE: profile } = process.env;
  return {
    url: url?.trim() || undefined,
    apiKey: apiKey?.trim() || undefined,
    profile: profile?.trim() || undefined,
  };
}

/** Path of the command line's profile file on this platform. */
export function profilesFile(): string {
  const { XDG_CONFIG_HOME: xdg, APPDATA: appData } = process.env;
  if (process.platform === 'win32' && appData) return path.join(appData, 'vsecure', 'config.json');
  // The XDG Base Directory Specification says to ignore relative paths.
  const home = xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.config');
  return path.join(home, 'vsecure', 'config.json');
}
