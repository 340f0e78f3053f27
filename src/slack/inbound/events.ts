/** What Slack tells unasked: somebody looks at their Home or has left, or we have been thrown out. Nothing is decided by an event. */

import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { StopDeactivatedUsers } from '../../usecases/people/stop-deactivated-users.js';
import type { WorkspaceLink } from '../client/workspace.js';
import { createOpenHome, type HomePublisherParts } from '../home/publisher.js';
import type { SlackContext } from './request-guard.js';

export interface EventsParts extends HomePublisherParts {
  readonly stopDeactivatedUsers: StopDeactivatedUsers;
  readonly link: WorkspaceLink;
}

/** https://docs.slack.dev/reference/events/user_change */
const userChange = z.object({ user: z.object({ id: z.string(), deleted: z.boolean().nullish() }) });
/** https://docs.slack.dev/reference/events/tokens_revoked */
const tokensRevoked = z.object({ tokens: z.object({ bot: z.array(z.string()).nullish() }) });

/** https://docs.slack.dev/reference/events/app_home_opened */
const homeOpened = z.object({ user: z.string(), tab: z.literal('home').nullish() });

const MENDING = 'install the app again, then set its new SLACK_BOT_TOKEN and restart';

export function addEvents(app: App<SlackContext>, parts: EventsParts): void {
  const { stopDeactivatedUsers, link, log } = parts;
  const openHome = createOpenHome(parts);
  const thrownOut = (event: string) => {
    log.error({ event, todo: MENDING }, 'vsecure was removed from the Slack workspace');
    link.lost();
  };

  app.event('user_change', async ({ event }) => {
    const user = userChange.safeParse(event).data?.user;
    if (user?.deleted) await stopDeactivatedUsers.one(user.id);
  });
  app.event('app_home_opened', async ({ event }) => {
    const opened = homeOpened.safeParse(event).data;
    if (opened) await openHome(opened.user);
  });
  app.event('app_uninstalled', async () => thrownOut('app_uninstalled'));
  app.event('tokens_revoked', async ({ event }) => {
    // Tokens of users are none of ours.
    if (tokensRevoked.safeParse(event).data?.tokens.bot?.length) thrownOut('tokens_revoked');
  });
}
