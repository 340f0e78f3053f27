/** Which handler takes which button, form and command. Everything else is answered by the doorkeeper. */

import type { App } from '@slack/bolt';
import { createOpenForm, type OpenFormParts } from './actions/open-form.js';
import { createSubmitForm, type SubmitFormParts } from './actions/submit-form.js';
import { createVsecureCommand } from './commands/vsecure.js';
import type { SlackContext } from './doorkeeper.js';
import { BUTTON, COMMAND, FORM } from './ids.js';

export type HandlerParts = OpenFormParts & SubmitFormParts;

export function addHandlers(app: App<SlackContext>, parts: HandlerParts): void {
  const openForm = createOpenForm(parts);
  const submitForm = createSubmitForm(parts);
  const vsecure = createVsecureCommand(parts);

  for (const button of ['approve', 'deny', 'details'] as const)
    app.action({ type: 'block_actions', action_id: BUTTON[button] }, ({ body, context }) =>
      openForm(button, body, context.gesture),
    );
  for (const verdict of ['approve', 'deny'] as const)
    app.view(FORM[verdict], ({ body, context }) => submitForm(verdict, body, context.gesture));
  app.command(COMMAND, ({ command, context }) => vsecure(command.text, context.gesture));
}
