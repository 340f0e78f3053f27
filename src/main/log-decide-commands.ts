/** While Slack cannot show a card, the log says exactly how to decide. */

import type { Log } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';

export function createAnnounced(
  useCases: UseCases,
  slackState: () => 'ok' | 'degraded' | 'off',
  log: Log,
): UseCases {
  return {
    ...useCases,
    async requestAccess(caller, ask, repeat) {
      const answer = await useCases.requestAccess(caller, ask, repeat);
      if (answer.ok && answer.value.approval.status === 'pending' && slackState() !== 'ok') {
        const { id } = answer.value.approval;
        log.info(
          {
            approval: id,
            approve: `vsecure mcp:approve ${id}`,
            deny: `vsecure mcp:deny ${id} --reason "…"`,
          },
          'an approval is waiting, and Slack is not connected: decide with these commands',
        );
      }
      return answer;
    },
  };
}
