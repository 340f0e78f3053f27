/** *Revoke…* on a card, in the details, in the App Home or in an answer to a command opens the form with the current facts. */

import type { Person } from '../../domain/person.js';
import type { GrantFacts, ReadGrantFacts } from '../../usecases/approvals/card-facts.js';
import type { CheckRevoker } from '../../usecases/approvals/end-grant.js';
import type { RecordRefusedClick } from '../../usecases/approvals/record-refused-click.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import { readGrantId } from '../format/action-ids.js';
import type { Interaction } from '../inbound/interaction.js';
import { type ClickedButton, readClick } from '../inbound/payload.js';
import { revokeForm } from '../views/revoke-form.js';
import { type RefusedClick, refusedInTime } from './check-in-time.js';
import { messageShows, type OpeningParts, openView, UNKNOWN_CARD } from './open-view.js';

export interface OpenRevokeParts extends OpeningParts {
  readonly readGrantFacts: ReadGrantFacts;
  readonly identify: IdentifySlackActor;
  readonly checkRevoker: CheckRevoker;
  readonly recordRefusedClick: RecordRefusedClick;
}

export type OpenRevoke = (body: unknown, from: Interaction) => Promise<void>;

export const NOT_PERMITTED =
  'Only an approver of these resources, the owner of the key or an administrator can revoke this.';

export function createOpenRevoke(parts: OpenRevokeParts): OpenRevoke {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const facts = click && (await findClickedGrant(parts, click));
    const teamId = parts.workspace()?.teamId;
    if (!click || !facts || !teamId) return interaction.reply(UNKNOWN_CARD);
    const slackActor = { teamId, userId: interaction.userId };
    const refused = await refusedInTime(parts.identify, slackActor, whyNot(parts, facts));
    if (!refused)
      return void (await openView(parts, interaction, click, revokeForm(facts, teamId)));
    await interaction.reply(refused.sentence);
    const approval = facts.approval.id;
    await parts.recordRefusedClick(slackActor, {
      approval,
      verdict: 'revoke',
      refusal: refused.code,
    });
  };
}

const whyNot =
  ({ checkRevoker }: OpenRevokeParts, { grant }: GrantFacts) =>
  async (person: Person): Promise<RefusedClick | undefined> =>
    (await checkRevoker(person, grant))
      ? undefined
      : { code: 'not_allowed', sentence: NOT_PERMITTED };

async function findClickedGrant({ cards, readGrantFacts }: OpenRevokeParts, click: ClickedButton) {
  const id = readGrantId(click.value);
  const facts = id && (await readGrantFacts(id));
  if (!facts || !click.place) return facts;
  return (await messageShows(cards, click.place, facts.approval.id)) ? facts : undefined;
}
