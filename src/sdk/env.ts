/** Where and who, from the environment of whoever runs the client. */

import { homedir } from 'node:os';
import path from 'node:path';

/** `VSECURE_URL`, `VSECURE_API_KEY` and `VSECURE_PROFILE`; empty ones count as unset. */
export function readEnvironment() {
  const { VSECURE_URL: url, VSECURE_API_KEY: apiKey, VSECURE_PROFILE: profile } = process.env;
  return {
    url: url || undefined,
    apiKey: apiKey?.trim() || undefined,
    profile: profile || undefined,
  };
}

/** Where the command line keeps its profiles on this platform. */
export function profilesFile(): string {
  const { XDG_CONFIG_HOME: xdg, APPDATA: appData } = process.env;
  if (process.platform === 'win32' && appData) return path.join(appData, 'vsecure', 'config.json');
  // The XDG Base Directory Specification has relative paths ignored.
  const home = xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.config');
  return path.join(home, 'vsecure', 'config.json');
}
