/** May the bot speak in a channel, and who else hears it? */

import { z } from 'zod';
import { remedy } from '../client/web-failure.js';
import { type Finding, failed, ok, skipped } from './finding.js';
import { codeOf, refused, type SlackCalls } from './slack-calls.js';

/** https://docs.slack.dev/reference/objects/conversation-object */
const info = z.object({
  channel: z.object({
    name: z.string().nullish(),
    is_member: z.boolean().nullish(),
    is_archived: z.boolean().nullish(),
    is_private: z.boolean().nullish(),
    is_im: z.boolean().nullish(),
    is_ext_shared: z.boolean().nullish(),
    is_pending_ext_shared: z.boolean().nullish(),
  }),
});
type Channel = z.infer<typeof info>['channel'];

/** With `post`, a test message is posted to a channel that looks usable. Throws what is not Slack's. */
export async function checkChannel(
  calls: SlackCalls,
  channel: string,
  post: boolean,
): Promise<Finding> {
  const seen = await lookAt(calls, channel);
  const hopeful = seen.result === 'ok' || seen.result === 'skipped';
  return post && hopeful ? postTest(calls, channel, seen) : seen;
}

async function lookAt({ client }: SlackCalls, channel: string): Promise<Finding> {
  try {
    return judge(info.parse(await client.conversations.info({ channel })).channel);
  } catch (error) {
    if (error instanceof z.ZodError) return skipped('Slack says nothing about it');
    if (codeOf(error) !== 'missing_scope') return refused(error);
    return skipped(
      'nobody can say whether the bot is in it, or another company: channels:read (groups:read for a private one) is not granted',
      'grant the scope, or try with --post',
    );
  }
}

function judge(channel: Channel): Finding {
  const name = channel.name ? `#${channel.name}` : 'it';
  if (channel.is_archived) return failed(`${name} is archived`, remedy('is_archived'));
  if (channel.is_ext_shared || channel.is_pending_ext_shared)
    return failed(
      `${name} is shared with another company, so nothing is posted there`,
      remedy('shared_channel'),
    );
  if (channel.is_im) return ok('a direct message');
  if (!channel.is_member)
    return failed(`the bot is not in ${name}`, `invite it there: /invite @vsecure`);
  const open = channel.is_private ? 'private' : 'public, so that the whole workspace can read it';
  return ok(`${name}: the bot is in it, no other company is; it is ${open}`);
}

const TEST = 'This is a test by `vsecure slack:check --post`: vsecure can post here.';

async function postTest({ client }: SlackCalls, channel: string, seen: Finding): Promise<Finding> {
  try {
    await client.chat.postMessage({ channel, text: TEST });
    return { ...seen, says: `${seen.says}; a test message was posted` };
  } catch (error) {
    return refused(error);
  }
}
