/** Slack events: a person opens their App Home, an account is deactivated, the app is removed. No event decides a request. */

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

const REINSTALL = 'install the app again, then set its new SLACK_BOT_TOKEN and restart';

export function addEvents(app: App<SlackContext>, parts: EventsParts): void {
  const { stopDeactivatedUsers, link, log } = parts;
  const openHome = createOpenHome(parts);
  const appRemoved = (event: string) => {
    log.error({ event, todo: REINSTALL }, 'vsecure was removed from the Slack workspace');
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
  app.event('app_uninstalled', async () => appRemoved('app_uninstalled'));
  app.event('tokens_revoked', async ({ event }) => {
    // vsecure uses no user tokens.
    if (tokensRevoked.safeParse(event).data?.tokens.bot?.length) appRemoved('tokens_revoked');
  });
}
