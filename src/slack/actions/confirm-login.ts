/** *Confirm*, below the terminal that asks to be logged in: whoever presses is asked for anew, and so is what they confirm. */

import { loginRoutes } from '../../contract/login.js';
import { explain } from '../../domain/refusal.js';
import type { LoginUseCases } from '../../usecases/authorization/login.js';
import type { IdentifyPresser } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { shownAnswer } from '../commands/answer.js';
import type { Gesture } from '../inbound/interaction.js';
import { readPress } from '../inbound/payload.js';

export interface ConfirmLoginParts {
  readonly login: Pick<LoginUseCases, 'confirm'>;
  readonly identify: IdentifyPresser;
  readonly workspace: () => Workspace | undefined;
}

const NOT_OURS =
  'vsecure does not know this button. Please type the code again: /vsecure login <code>';

export function createConfirmLogin({ login, identify, workspace }: ConfirmLoginParts) {
  return async (body: unknown, gesture: Gesture): Promise<void> => {
    await gesture.ack();
    const id = loginRoutes.take.body.shape.id.safeParse(readPress(body)?.value).data;
    if (!id) return gesture.tell(NOT_OURS);
    const person = await identify({ teamId: workspace()?.teamId ?? '', userId: gesture.userId });
    const confirmed = person.ok ? await login.confirm(person.value, id) : person;
    if (!confirmed.ok) return gesture.tell(explain(confirmed.refusal));
    const title = `Confirmed: the terminal gets a key of yours within seconds. It called itself: ${confirmed.value.device}`;
    const note = 'Was it not yours? Tell an administrator at once: vsecure keys:revoke';
    await gesture.show(shownAnswer({ title, note }, []), true);
  };
}
