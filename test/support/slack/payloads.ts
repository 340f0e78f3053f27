/** Slack's interaction payloads. https://docs.slack.dev/reference/interaction-payloads */

import { randomUUID } from 'node:crypto';
import type {
  Click,
  EventDelivery,
  Forgery,
  SlashCommand,
  ViewClick,
  ViewClose,
  ViewSubmission,
} from './interactions.js';
import type { JsonObject } from './json.js';

/** The app and workspace that payloads name unless they are forged. */
export interface Installation {
  readonly teamId: string;
  readonly appId: string;
}

/** The fields of every interaction: workspace and user. */
export function envelope(
  { teamId, appId }: Installation,
  { team = teamId, userTeam = team, enterprise, user }: Forgery & { readonly user: string },
  triggerId: string,
): JsonObject {
  return {
    team: { id: team, domain: 'acme' },
    enterprise: enterprise === undefined ? null : { id: enterprise, name: 'acme' },
    is_enterprise_install: false,
    api_app_id: appId,
    token: 'verification-token',
    user: { id: user, username: user, name: user, team_id: userTeam },
    trigger_id: triggerId,
  };
}

export function clickOnMessage(click: Click, responseUrl: string | undefined): JsonObject {
  const { channel, messageId } = click;
  return {
    type: 'block_actions',
    channel: { id: channel, name: 'channel' },
    message: { type: 'message', ts: messageId },
    container: {
      type: 'message',
      message_ts: messageId,
      channel_id: channel,
      is_ephemeral: false,
    },
    state: { values: {} },
    response_url: click.responseUrl ?? responseUrl,
    actions: [actionOf(click)],
  };
}

export function clickInView(click: ViewClick): JsonObject {
  return {
    type: 'block_actions',
    view: click.view,
    container: { type: 'view', view_id: click.view['id'] },
    actions: [actionOf(click)],
  };
}

export function viewSubmission(submission: ViewSubmission, at: Installation): JsonObject {
  const view = { ...viewOf(submission, at), state: { values: submission.values } };
  return { type: 'view_submission', view, response_urls: [] };
}

export function viewClosed(close: ViewClose, at: Installation): JsonObject {
  return { type: 'view_closed', view: viewOf(close, at), is_cleared: false };
}

export function slashCommand(
  command: SlashCommand,
  at: Installation,
  responseUrl: string | undefined,
  triggerId: string,
): Record<string, string> {
  return {
    token: 'verification-token',
    team_id: command.team ?? at.teamId,
    team_domain: 'acme',
    channel_id: command.channel,
    channel_name: 'channel',
    user_id: command.user,
    user_name: command.user,
    command: command.command ?? '/vsecure',
    text: command.text,
    api_app_id: at.appId,
    is_enterprise_install: 'false',
    ...(command.enterprise && { enterprise_id: command.enterprise }),
    response_url: command.responseUrl ?? responseUrl ?? '',
    trigger_id: triggerId,
  };
}

export function eventCallback(
  event: JsonObject,
  { team, eventId = `Ev${randomUUID()}` }: EventDelivery,
  at: Installation,
): JsonObject {
  return {
    type: 'event_callback',
    token: 'verification-token',
    team_id: team ?? at.teamId,
    api_app_id: at.appId,
    event_id: eventId,
    event_time: Math.floor(Date.now() / 1000),
    event,
  };
}

function actionOf({ actionId, value, blockId = 'block', action }: Click | ViewClick): JsonObject {
  return {
    type: 'button',
    action_id: actionId,
    block_id: blockId,
    value,
    text: { type: 'plain_text', text: actionId },
    action_ts: (Date.now() / 1000).toFixed(6),
    ...action,
  };
}

function viewOf(close: ViewClose & { readonly hash?: string }, at: Installation): JsonObject {
  const team = close.team ?? at.teamId;
  const id = close.viewId ?? 'V0DRIVER';
  return {
    id,
    root_view_id: id,
    previous_view_id: null,
    team_id: team,
    app_id: at.appId,
    app_installed_team_id: team,
    type: 'modal',
    callback_id: close.callbackId,
    private_metadata: close.privateMetadata,
    hash: close.hash ?? '1.abc',
    title: { type: 'plain_text', text: 'Title' },
    blocks: [],
    state: { values: {} },
  };
}
