/** A click on *Not me*: identifies the user, suspends the key, answers. It takes nothing from the message but an id. */

import { principalId } from '../../contract/fields.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import type { RecordRefusedSuspension } from '../../usecases/authorization/record-refused-suspension.js';
import type {
  SuspendPrincipal,
  Suspension,
} from '../../usecases/authorization/suspend-principal.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';

export interface NotMeParts {
  readonly identify: IdentifySlackActor;
  readonly suspendPrincipal: SuspendPrincipal;
  readonly recordRefusedSuspension: RecordRefusedSuspension;
  readonly workspace: () => Workspace | undefined;
}

export type NotMe = (body: unknown, from: Interaction) => Promise<void>;

const UNREADABLE =
  'vsecure cannot read this button. Suspend the key with: vsecure keys:suspend <name>';

export function createNotMe(parts: NotMeParts): NotMe {
  return async (body, interaction) => {
    await interaction.ack();
    const id = principalId.safeParse(readClick(body)?.value).data;
    const workspace = parts.workspace();
    if (!id || !workspace) return interaction.reply(UNREADABLE);
    const slackActor = { teamId: workspace.teamId, userId: interaction.userId };
    const identified = await parts.identify(slackActor);
    if (!identified.ok) {
      const { code } = identified.refusal;
      // `unavailable`: Slack did not answer, so the user was not refused.
      if (code !== 'unavailable') await parts.recordRefusedSuspension(slackActor, id, code);
      return interaction.reply(refusalSentence(identified.refusal));
    }
    const through = `slack ${slackActor.teamId}/${slackActor.userId}`;
    const suspended = await parts.suspendPrincipal({ person: identified.value, through }, id);
    await interaction.reply(
      suspended.ok ? sentence(suspended.value) : refusalSentence(suspended.refusal),
    );
  };
}

function sentence({ principal: { name }, already, requests, grants }: Suspension): string {
  if (already) return `The key ${name} is already suspended.`;
  return `The key ${name} is suspended. Grants ended: ${grants}; requests withdrawn: ${requests}. The administrators are notified. Only an administrator can resume the key.`;
}

const refusalSentence = (refusal: Refusal): string =>
  refusal.code === 'unavailable'
    ? `${explain(refusal)} You can also suspend the key without Slack: vsecure keys:suspend <name>`
    : explain(refusal);
