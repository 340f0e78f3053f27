/** *Confirm* under a login request: vsecure identifies the user again and reads the login again before it confirms. */

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

const UNKNOWN_BUTTON =
  'vsecure does not recognize this button. Type the code again: /vsecure login <code>';

export function createConfirmLogin({ login, identify, workspace }: ConfirmLoginParts) {
  return async (body: unknown, interaction: Interaction): Promise<void> => {
    await interaction.ack();
    const id = loginRoutes.take.body.shape.id.safeParse(readClick(body)?.value).data;
    if (!id) return interaction.reply(UNKNOWN_BUTTON);
    const person = await identify({
      teamId: workspace()?.teamId ?? '',
      userId: interaction.userId,
    });
    const confirmed = person.ok ? await login.confirm(person.value, id) : person;
    if (!confirmed.ok) return interaction.reply(explain(confirmed.refusal));
    const title = `Confirmed. The terminal receives a key in your name within seconds. It calls itself: ${confirmed.value.device}`;
    const note =
      'Not your terminal? Revoke the key at once, or ask an administrator to: vsecure keys:revoke';
    await interaction.show(answerForms({ title, note }, []), true);
  };
}
