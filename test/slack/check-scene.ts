/** A workspace as `slack:check` meets it: a strict emulator behind the fault proxy, which names the scopes as Slack does. */

import { BOT_SCOPES, startEmulate } from '../support/slack/emulate.js';
import { type FaultProxy, startFaultProxy } from '../support/slack/fault-proxy.js';

export interface CheckedWorkspace {
  readonly scopes?: readonly string[];
  readonly botInChannel?: boolean;
}

export async function openWorkspace(options: CheckedWorkspace = {}) {
  const emulate = await startEmulate({ users: ['alice'], channel: 'approvals', ...options });
  const proxy = await startFaultProxy({ upstream: emulate.url });
  slackSays(proxy, { scopes: options.scopes });
  return {
    emulate,
    proxy,
    async close() {
      await proxy.close();
      await emulate.close();
    },
  };
}

/** The emulator leaves out the scopes that Slack names with every answer. */
export function slackSays(
  to: FaultProxy,
  { scopes = BOT_SCOPES, ahead = 0 }: { scopes?: readonly string[] | undefined; ahead?: number },
) {
  const date = new Date(Date.now() - ahead * 1000).toUTCString();
  const headers = { 'x-oauth-scopes': scopes.join(','), date };
  to.clearFaults();
  to.inject({ method: 'auth.test', fault: 'headers', headers, times: Infinity });
}
