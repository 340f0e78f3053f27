/** Checks that the bot can post in a channel, and who can read it. */

import { z } from 'zod';
import { remedy } from '../client/web-failure.js';
import { type Finding, failed, passed, skipped } from './finding.js';
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

/** With `post`, also posts a test message to a channel that looks usable. Throws errors that do not come from Slack. */
export async function checkChannel(
  calls: SlackCalls,
  channel: string,
  post: boolean,
): Promise<Finding> {
  const finding = await readChannel(calls, channel);
  const looksUsable = finding.result === 'ok' || finding.result === 'skipped';
  return post && looksUsable ? postTest(calls, channel, finding) : finding;
}

async function readChannel({ client }: SlackCalls, channel: string): Promise<Finding> {
  try {
    return judge(info.parse(await client.conversations.info({ channel })).channel);
  } catch (error) {
    if (error instanceof z.ZodError) return skipped('Slack says nothing about this channel');
    if (codeOf(error) !== 'missing_scope') return refused(error);
    return skipped(
      'vsecure cannot see whether the bot is in it, or whether another company shares it: channels:read (groups:read for a private channel) is not granted',
      'grant the scope, or check with --post',
    );
  }
}

function judge(channel: Channel): Finding {
  const name = channel.name ? `#${channel.name}` : 'the channel';
  if (channel.is_archived) return failed(`${name} is archived`, remedy('is_archived'));
  if (channel.is_ext_shared || channel.is_pending_ext_shared)
    return failed(
      `${name} is shared with another company, so vsecure posts nothing there`,
      remedy('shared_channel'),
    );
  if (channel.is_im) return passed('a direct message');
  if (!channel.is_member)
    return failed(`the bot is not in ${name}`, `invite it there: /invite @vsecure`);
  const access = channel.is_private ? 'private' : 'public: the whole workspace can read it';
  return passed(`the bot is in ${name}, which is not shared with another company and is ${access}`);
}

const TEST = 'This is a test message of `vsecure slack:check --post`: vsecure can post here.';

async function postTest(
  { client }: SlackCalls,
  channel: string,
  finding: Finding,
): Promise<Finding> {
  try {
    await client.chat.postMessage({ channel, text: TEST });
    return { ...finding, message: `${finding.message}; a test message was posted` };
  } catch (error) {
    return refused(error);
  }
}
