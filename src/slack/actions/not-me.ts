/** *Not me* was pressed: who is this, then the one `suspendPrincipal`, then an answer. Nothing of the message is believed but an id. */

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
  'vsecure cannot read this button. Suspend the key by: vsecure keys:suspend <name>';

export function createNotMe(parts: NotMeParts): NotMe {
  return async (body, interaction) => {
    await interaction.ack();
    const id = principalId.safeParse(readClick(body)?.value).data;
    const workspace = parts.workspace();
    if (!id || !workspace) return interaction.tell(UNREADABLE);
    const slackActor = { teamId: workspace.teamId, userId: interaction.userId };
    const identified = await parts.identify(slackActor);
    if (!identified.ok) {
      const { code } = identified.refusal;
      // Slack's silence is nobody's doing.
      if (code !== 'unavailable') await parts.recordRefusedSuspension(slackActor, id, code);
      return interaction.tell(whyNot(identified.refusal));
    }
    const through = `slack ${slackActor.teamId}/${slackActor.userId}`;
    const suspended = await parts.suspendPrincipal({ person: identified.value, through }, id);
    await interaction.tell(suspended.ok ? sentence(suspended.value) : whyNot(suspended.refusal));
  };
}

function sentence({ principal: { name }, already, requests, grants }: Suspension): string {
  if (already) return `The key ${name} is suspended already. Nothing works with it.`;
  return `The key ${name} is suspended. Grants ended: ${grants}; requests withdrawn: ${requests}. The administrators are told; only they can resume it.`;
}

const whyNot = (refusal: Refusal): string =>
  refusal.code === 'unavailable'
    ? `${explain(refusal)} It also goes without Slack: vsecure keys:suspend <name>`
    : explain(refusal);
