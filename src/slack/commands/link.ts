/** `/vsecure link`: links the Slack account to the person whose one-time code is typed. */

import { ok } from '../../domain/result.js';
import type { LinkByCode } from '../../usecases/people/link-codes.js';
import { problem } from './arguments.js';
import type { Command } from './command.js';

export interface LinkParts {
  readonly linkByCode: LinkByCode;
}

export const createLinkCommand = ({ linkByCode }: LinkParts): Command => ({
  name: 'link',
  usage: '<code>',
  summary: 'link this Slack account to you, with a code from `vsecure people:code`',
  examples: ['link link_4Zt0qvKq2Wb8sXyN1mRcLd'],
  words: 1,
  flags: {},
  async answer({ slackActor, words: [code] }) {
    if (!code)
      return problem('A code is missing. Create one on the command line: vsecure people:code');
    const linked = await linkByCode(slackActor, code);
    if (!linked.ok) return linked;
    return ok({ title: `This Slack account is now linked to ${linked.value.email}.` });
  },
});
