/** Checks that Slack accounts can be found by e-mail address, so that approvers need not be linked by hand. */

import { type Finding, passed, skipped } from './finding.js';
import { codeOf, refused, type SlackCalls } from './slack-calls.js';

const BY_HAND =
  'an admin links accounts with vsecure people:link, or people link their own with a code (vsecure people:code)';

/** `email`: the address to look up; undefined when linking by address is off. Throws errors that do not come from Slack. */
export async function checkEmail(
  { client }: SlackCalls,
  email: string | undefined,
): Promise<Finding> {
  if (!email) return skipped(`turned off by SLACK_LINK_BY_EMAIL: ${BY_HAND}`);
  try {
    await client.users.lookupByEmail({ email });
    return passed(`lookup works; ${email} has a Slack account`);
  } catch (error) {
    if (codeOf(error) === 'users_not_found')
      return passed(`lookup works; ${email} has no Slack account in this workspace`);
    return refused(error);
  }
}
