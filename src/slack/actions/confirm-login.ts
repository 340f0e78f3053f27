/** *Confirm*, below the terminal that asks to be logged in: whoever presses is asked for anew, and so is what they confirm. */

import { loginRoutes } from '../../contract/login.js';
import { explain } from '../../domain/refusal.js';
import type { LoginUseCases } from '../../usecases/authorization/login.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { answerForms } from '../commands/answer.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';

export interface ConfirmLoginParts {
  readonly login: Pick<LoginUseCases, 'confirm'>;
  readonly identify: IdentifySlackActor;
  readonly workspace: () => Workspace | undefined;
}

const NOT_OURS =
  'vsecure does not know this button. Please type the code again: /vsecure login <code>';

export function createConfirmLogin({ login, identify, workspace }: ConfirmLoginParts) {
  return async (body: unknown, interaction: Interaction): Promise<void> => {
    await interaction.ack();
    const id = loginRoutes.take.body.shape.id.safeParse(readClick(body)?.value).data;
    if (!id) return interaction.tell(NOT_OURS);
    const person = await identify({
      teamId: workspace()?.teamId ?? '',
      userId: interaction.userId,
    });
    const confirmed = person.ok ? await login.confirm(person.value, id) : person;
    if (!confirmed.ok) return interaction.tell(explain(confirmed.refusal));
    const title = `Confirmed: the terminal gets a key of yours within seconds. It called itself: ${confirmed.value.device}`;
    const note = 'Was it not yours? Tell an administrator at once: vsecure keys:revoke';
    await interaction.show(answerForms({ title, note }, []), true);
  };
}
