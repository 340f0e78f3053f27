/** The handler of each button, form and command. The request guard answers everything else. */

import type { App } from '@slack/bolt';
import { type ConfirmLoginParts, createConfirmLogin } from '../actions/confirm-login.js';
import { createNotMe, type NotMeParts } from '../actions/not-me.js';
import { createOpenForm, type OpenFormParts } from '../actions/open-decision-form.js';
import { createOpenDetails, type OpenDetailsParts } from '../actions/open-details.js';
import { createOpenRevoke, type OpenRevokeParts } from '../actions/open-revoke.js';
import { createOpenReview, createTurnPage, type ReviewParts } from '../actions/review-digest.js';
import { createSubmitForm, type SubmitFormParts } from '../actions/submit-decision.js';
import { createSubmitRevoke, type SubmitRevokeParts } from '../actions/submit-revoke.js';
import { PAGE_BUTTONS } from '../commands/pager.js';
import { createVsecureCommand, type VsecureCommandParts } from '../commands/vsecure.js';
import { BUTTON, COMMAND, CONFIRM_LOGIN, DIGEST, FORM, NOT_ME } from '../format/action-ids.js';
import type { SlackContext } from './request-guard.js';

export type HandlerParts = OpenFormParts &
  ReviewParts &
  OpenDetailsParts &
  OpenRevokeParts &
  SubmitFormParts &
  SubmitRevokeParts &
  NotMeParts &
  ConfirmLoginParts &
  VsecureCommandParts;

export function addHandlers(app: App<SlackContext>, parts: HandlerParts): void {
  const openForm = createOpenForm(parts);
  const openDetails = createOpenDetails(parts);
  const openRevoke = createOpenRevoke(parts);
  const submitForm = createSubmitForm(parts);
  const submitRevoke = createSubmitRevoke(parts);
  const notMe = createNotMe(parts);
  const vsecure = createVsecureCommand(parts);

  for (const verdict of ['approve', 'deny'] as const)
    app.action({ type: 'block_actions', action_id: BUTTON[verdict] }, ({ body, context }) =>
      openForm(verdict, body, context.interaction),
    );
  app.action({ type: 'block_actions', action_id: BUTTON.details }, ({ body, context }) =>
    openDetails(body, context.interaction),
  );
  app.action({ type: 'block_actions', action_id: BUTTON.revoke }, ({ body, context }) =>
    openRevoke(body, context.interaction),
  );
  app.action({ type: 'block_actions', action_id: NOT_ME }, ({ body, context }) =>
    notMe(body, context.interaction),
  );
  const confirmLogin = createConfirmLogin(parts);
  app.action({ type: 'block_actions', action_id: CONFIRM_LOGIN }, ({ body, context }) =>
    confirmLogin(body, context.interaction),
  );
  const openReview = createOpenReview(parts);
  app.action({ type: 'block_actions', action_id: DIGEST.review }, ({ body, context }) =>
    openReview(body, context.interaction),
  );
  const turnPage = createTurnPage(parts);
  for (const button of ['back', 'again', 'forward'] as const)
    app.action({ type: 'block_actions', action_id: DIGEST[button] }, ({ body, context }) =>
      turnPage(body, context.interaction),
    );
  for (const verdict of ['approve', 'deny'] as const)
    app.view(FORM[verdict], ({ body, context }) => submitForm(verdict, body, context.interaction));
  app.view(FORM.revoke, ({ body, context }) => submitRevoke(body, context.interaction));
  app.command(COMMAND, ({ command, context }) => vsecure.run(command.text, context.interaction));
  for (const button of Object.values(PAGE_BUTTONS))
    app.action({ type: 'block_actions', action_id: button }, ({ body, context }) =>
      vsecure.page(body, context.interaction),
    );
}
