/** `/vsecure whoami`: who a person is to vsecure. */

import { ok } from '../../domain/result.js';
import type { Command } from './command.js';

export const createWhoamiCommand = (): Command => ({
  name: 'whoami',
  usage: '',
  summary: 'show who you are to vsecure',
  examples: ['whoami'],
  words: 0,
  flags: {},
  async answer({ slackActor, who }) {
    const person = await who();
    if (!person.ok) return person;
    const { email, role } = person.value;
    const account = `${slackActor.teamId}/${slackActor.userId}`;
    return ok({ title: `You are ${email} (${role}). Slack account: ${account}` });
  },
});
