/** The workspace that the bot token belongs to. Until Slack has named it, vsecure handles nothing from Slack. */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { delayBefore, SLACK_CONNECT } from '../../domain/retry-policy.js';
import type { Log } from '../../ports/index.js';
import { remedy, webFailure } from './web-failure.js';

export interface Workspace {
  readonly teamId: string;
  /** In Enterprise Grid. */
  readonly enterpriseId?: string | undefined;
  /** Not every Slack API says it. */
  readonly appId?: string | undefined;
}

export interface WorkspaceLink {
  current(): Workspace | undefined;
  /** Resolves after the first attempt, whether or not it succeeds; later attempts run in the background. */
  start(): Promise<void>;
  /** Slack says that the token is no longer valid. vsecure keeps asking, in case the app is installed again. */
  lost(): void;
  stop(): void;
}

/** https://docs.slack.dev/reference/methods/auth.test */
const identity = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  app_id: z.string().nullish(),
});

export interface WorkspaceParts {
  readonly client: WebClient;
  readonly log: Log;
  /** Called when the workspace is known, and again each time it is known after it was lost. */
  readonly onConnected: (workspace: Workspace) => void;
}

export function createWorkspaceLink({ client, log, onConnected }: WorkspaceParts): WorkspaceLink {
  let workspace: Workspace | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function attempt(count: number): Promise<void> {
    const found = await ask(client, log);
    if (stopped) return;
    if (!found) {
      const delay = delayBefore(SLACK_CONNECT, count + 1, Math.random());
      timer = setTimeout(() => void attempt(count + 1), delay);
      return;
    }
    workspace = found;
    log.info({ team: found.teamId }, 'connected to Slack');
    onConnected(found);
  }

  return {
    current: () => workspace,
    start: () => attempt(1),
    lost() {
      workspace = undefined;
      clearTimeout(timer);
      if (!stopped)
        timer = setTimeout(() => void attempt(1), delayBefore(SLACK_CONNECT, 2, Math.random()));
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function ask(client: WebClient, log: Log): Promise<Workspace | undefined> {
  try {
    const { team_id, enterprise_id, app_id } = identity.parse(await client.auth.test());
    return {
      teamId: team_id,
      enterpriseId: enterprise_id ?? undefined,
      appId: app_id ?? undefined,
    };
  } catch (error) {
    const { code, permanent } = webFailure(error) ?? {
      code: 'unexpected_answer',
      permanent: false,
    };
    const todo = permanent ? remedy(code) : 'nothing to do: vsecure tries again';
    log.warn({ code, todo }, 'not connected to Slack yet');
    return undefined;
  }
}
