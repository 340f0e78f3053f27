/**
 * What every payload passes before its handler: it is counted, it is from our workspace, and it is answered exactly once, also when
 * no handler knows it and when its handler throws.
 */

import type { AnyMiddlewareArgs, Context, Middleware } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { errorName } from '../../domain/error-name.js';
import { explain } from '../../domain/refusal.js';
import type { Log } from '../../ports/index.js';
import type { RecordForeignWorkspace } from '../../usecases/authorization/record-foreign-workspace.js';
import type { Workspace } from '../client/workspace.js';
import { noticeView } from '../views/notice-view.js';
import type { InFlight } from './in-flight.js';
import { createInteraction, type Interaction } from './interaction.js';
import { type Envelope, readEnvelope } from './payload.js';
import { isForeign, strangerOf } from './workspace-guard.js';

/** What Bolt's context carries for our handlers. */
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
  'vsecure is not connected to this workspace yet. Try again in a moment; the command line works meanwhile: vsecure mcp:approvals';
const OLD_BUTTON = 'This is from an older version. Please look at the newest card.';
const TROUBLE =
  'Something went wrong, and vsecure cannot say whether this was done. The card shows how it stands; pressing again does no harm.';

export function createRequestGuard(
  parts: RequestGuardParts,
): Middleware<AnyMiddlewareArgs, SlackContext> {
  return async (args) => {
    const payload = readEnvelope(args.body);
    if (!payload) return;
    if (!('ack' in args) || args.ack === undefined) return heard(parts, payload, args.next);
    const { ack, context, next } = args;
    const respond = 'respond' in args ? args.respond : undefined;
    const { client, log } = parts;
    const interaction = createInteraction({ payload, ack, respond, client, log });
    await parts.inFlight.run(() => answered(parts, interaction, context, next));
  };
}

/** Events are acknowledged by Bolt, and none of them decides anything; one of another workspace is not heard at all. */
async function heard(
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

async function answered(
  parts: RequestGuardParts,
  interaction: Interaction,
  context: Context & SlackContext,
  next: () => Promise<unknown>,
): Promise<void> {
  const { kind } = interaction;
  try {
    if (await turnedAway(parts, interaction)) return;
    context.interaction = interaction;
    await next();
    if (!interaction.acknowledged()) await say(interaction, OLD_BUTTON);
  } catch (error) {
    parts.log.error({ kind, error: errorName(error) }, 'a Slack handler failed');
    await say(interaction, TROUBLE);
  }
}

async function turnedAway(parts: RequestGuardParts, interaction: Interaction): Promise<boolean> {
  const workspace = parts.workspace();
  if (!workspace) {
    await say(interaction, NOT_CONNECTED);
    return true;
  }
  if (!isForeign(interaction.payload, workspace)) return false;
  const { teamId, userId } = strangerOf(interaction.payload);
  parts.log.warn(
    { kind: interaction.kind, team: teamId },
    'a payload of another workspace was refused',
  );
  await say(interaction, explain({ code: 'foreign_team' }));
  await parts.recordForeignWorkspace(teamId, userId, interaction.kind);
  return true;
}

/** A submitted form is answered in the form itself; there is no other place that its person looks at. */
async function say(interaction: Interaction, sentence: string): Promise<void> {
  if (interaction.kind === 'suggestion') return interaction.ack({ options: [] });
  if (interaction.kind === 'close') return interaction.ack();
  if (interaction.kind === 'submit' && !interaction.acknowledged())
    return interaction.ack({ response_action: 'update', view: noticeView('vsecure', sentence) });
  await interaction.ack();
  await interaction.tell(sentence);
}
