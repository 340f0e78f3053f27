/** Refuses a policy whose channel is shared with another company, which would read the requests. */

import { refused } from '../../domain/result.js';
import type { Directory } from '../../ports/index.js';
import type { PolicyWrite } from './policy-write.js';

/** A warning for the author, by channel of which Slack says nothing. */
export type UnkncheckChannels = ReadonlyMap<string, string>;

export interface CheckedChannels {
  readonly refusal?: ReturnType<typeof refused> | undefined;
  readonly unknown: UnkncheckChannels;
}

/** Asks Slack, if it is connected, about every channel that the writes name. */
export async function checkChannels(
  directory: Directory | undefined,
  writes: readonly PolicyWrite[],
): Promise<CheckedChannels> {
  if (directory?.teamId() === undefined) return { unknown: new Map() };
  const channels = new Set(writes.flatMap(({ changes }) => changes.channel ?? []));
  const unknown = new Map<string, string>();
  const problems: string[] = [];
  for (const channel of channels) {
    const found = await directory.channel(channel);
    if (!found) unknown.set(channel, unknownWarning(channel));
    if (found?.shared) problems.push(...writes.flatMap((write) => sharedProblem(write, channel)));
  }
  const problem = problems.join('\n');
  return { unknown, refusal: problem ? refused({ code: 'invalid_input', problem }) : undefined };
}

const sharedProblem = ({ uri, changes }: PolicyWrite, channel: string): readonly string[] =>
  changes.channel === channel
    ? [
        `${uri}: the channel ${channel} is shared with another company. Set a channel of your own, or end the sharing in Slack.`,
      ]
    : [];

const unknownWarning = (channel: string) =>
  `Slack does not say whether the channel ${channel} is shared with another company: give the app channels:read and groups:read, invite it there, and write the policy again.`;
