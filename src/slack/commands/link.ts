/** `/vsecure link`: the account that types a person's one-time code is theirs from then on. */

import type { LinkByCode } from '../../usecases/people/link-codes.js';
import { problem } from './arguments.js';
import type { Command } from './command.js';

export interface LinkParts {
  readonly linkByCode: LinkByCode;
}

export const createLinkCommand = ({ linkByCode }: LinkParts): Command => ({
  name: 'link',
  usage: '<code>',
  summary: 'link this Slack account to you, by a code of `vsecure people:code`',
  examples: ['link link_4Zt0qvKq2Wb8sXyN1mRcLd'],
  words: 1,
  flags: {},
  async answer({ slackActor, words: [code] }) {
    if (!code) return problem('Which code? Make one on the command line: vsecure people:code');
    const linked = await linkByCode(slackActor, code);
    if (!linked.ok) return linked;
    return { ok: true, value: { title: `This Slack account is ${linked.value.email}'s now.` } };
  },
});
