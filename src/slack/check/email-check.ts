/** Can people be found by their address, so that approvers need no linking by hand? */

import { type Finding, ok, skipped } from './finding.js';
import { codeOf, refused, type SlackCalls } from './slack-calls.js';

const BY_HAND = 'an admin links people (vsecure people:link), or they do with a code';

/** `email`: whom to ask about. Undefined when linking by address is switched off. Throws what is not Slack's. */
export async function checkEmail(
  { client }: SlackCalls,
  email: string | undefined,
): Promise<Finding> {
  if (!email) return skipped(`switched off by SLACK_LINK_BY_EMAIL: ${BY_HAND}`);
  try {
    await client.users.lookupByEmail({ email });
    return ok(`works; asked about ${email}, who has an account`);
  } catch (error) {
    if (codeOf(error) === 'users_not_found')
      return ok(`works; asked about ${email}, who has no account there`);
    return refused(error);
  }
}
