/**
 * Runs before every handler: counts the payload, refuses other workspaces, and makes sure that the payload is answered exactly once, also
 * when no handler knows it or its handler throws.
 */

import type { AnyMiddlewareArgs, Context, Middleware } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { errorName } from '../../domain/error-name.js';
import { explain } from '../../domain/refusal.js';
import type { Log } from '../../ports/index.js';
import { UnavailableError } from '../../ports/unavailable.js';
import type { RecordForeignWorkspace } from '../../usecases/authorization/record-foreign-workspace.js';
import type { Workspace } from '../client/workspace.js';
import { noticeView } from '../views/notice-view.js';
import type { InFlight } from './in-flight.js';
import { createInteraction, type Interaction } from './interaction.js';
import { type Envelope, readEnvelope } from './payload.js';
import { isForeign, senderOf } from './workspace-guard.js';

/** What the guard adds to Bolt's context for the handlers. */
export interface SlackContext extends Record<string, unknown> {
  interaction: Interaction;
}

export interface RequestGuardParts {
  readonly workspace: () => Workspace | undefined;
  readonly recordForeignWorkspace: RecordForeignWorkspace;
  readonly inFlight: InFlight;
  readonly client: WebClient;
  readonly log: Log;
}

const NOT_CONNECTED =
  'vsecure is not connected to this workspace yet. Try again in a moment, or decide on the command line: vsecure mcp:approvals';
const UNKNOWN_ACTION =
  'This button is from an older version of vsecure. Use the newest card of the request.';
export const UNAVAILABLE =
  'The database of vsecure is not available at the moment, so vsecure does not know whether your action was completed. Try again in a minute: nothing is done twice.';
const FAILED =
  'Something went wrong, and vsecure does not know whether your action was completed. The card shows the current state; you can safely try again.';

export function createRequestGuard(
  parts: RequestGuardParts,
): Middleware<AnyMiddlewareArgs, SlackContext> {
  return async (args) => {
    const payload = readEnvelope(args.body);
    if (!payload) return;
    if (!('ack' in args) || args.ack === undefined) return handleEvent(parts, payload, args.next);
    const { ack, context, next } = args;
    const respond = 'respond' in args ? args.respond : undefined;
    const { client, log } = parts;
    const interaction = createInteraction({ payload, ack, respond, client, log });
    await parts.inFlight.run(() => handleInteraction(parts, interaction, context, next));
  };
}

/** Bolt acknowledges events, and none of them decides anything. An event of another workspace is ignored. */
async function handleEvent(
  parts: RequestGuardParts,
  payload: Envelope,
  next: () => Promise<unknown>,
): Promise<void> {
  const workspace = parts.workspace();
  if (!workspace || isForeign(payload, workspace)) return;
  await parts.inFlight.run(async () => {
    try {
      await next();
    } catch (error) {
      parts.log.error({ kind: 'event', error: errorName(error) }, 'a Slack handler failed');
    }
  });
}

async function handleInteraction(
  parts: RequestGuardParts,
  interaction: Interaction,
  context: Context & SlackContext,
  next: () => Promise<unknown>,
): Promise<void> {
  const { kind } = interaction;
  try {
    if (await isRefused(parts, interaction)) return;
    context.interaction = interaction;
    await next();
    if (!interaction.acknowledged()) await say(interaction, UNKNOWN_ACTION);
  } catch (error) {
    parts.log.error({ kind, error: errorName(error) }, 'a Slack handler failed');
    await say(interaction, error instanceof UnavailableError ? UNAVAILABLE : FAILED);
  }
}

async function isRefused(parts: RequestGuardParts, interaction: Interaction): Promise<boolean> {
  const workspace = parts.workspace();
  if (!workspace) {
    await say(interaction, NOT_CONNECTED);
    return true;
  }
  if (!isForeign(interaction.payload, workspace)) return false;
  const { teamId, userId } = senderOf(interaction.payload);
  parts.log.warn(
    { kind: interaction.kind, team: teamId },
    'a payload from another workspace was refused',
  );
  await say(interaction, explain({ code: 'foreign_team' }));
  await parts.recordForeignWorkspace(teamId, userId, recordedKind(interaction));
  return true;
}

/** The audit trail keeps the word for a click that it has had since the first release. */
const recordedKind = ({ kind }: Interaction) => (kind === 'click' ? 'press' : kind);

/** A submitted form is answered in the form, where the person is looking. */
async function say(interaction: Interaction, sentence: string): Promise<void> {
  if (interaction.kind === 'suggestion') return interaction.ack({ options: [] });
  if (interaction.kind === 'close') return interaction.ack();
  if (interaction.kind === 'submit' && !interaction.acknowledged())
    return interaction.ack({ response_action: 'update', view: noticeView('vsecure', sentence) });
  await interaction.ack();
  await interaction.reply(sentence);
}
