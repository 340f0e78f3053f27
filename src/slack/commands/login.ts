/** `/vsecure login`: a person looks at the terminal whose code they type, and confirms that it is theirs. */

import type { Button } from '@slack/types';
import type { Login } from '../../ports/index.js';
import type { LoginUseCases } from '../../usecases/authorization/login.js';
import { CONFIRM_LOGIN } from '../format/action-ids.js';
import { plain, utc } from '../format/text-objects.js';
import type { Answer } from './answer.js';
import { problem } from './arguments.js';
import type { Command } from './command.js';

export interface LoginCommandParts {
  readonly login: Pick<LoginUseCases, 'look'>;
}

/** Confirms nothing yet: what a login gets, it gets by the button. */
export const createLoginCommand = ({ login }: LoginCommandParts): Command => ({
  name: 'login',
  usage: '<code>',
  summary: 'confirm the code that `vsecure login` shows on your terminal',
  examples: ['login WDJB-MJHT'],
  words: 1,
  flags: {},
  async answer({ words: [code], who }) {
    if (!code) return problem('Which code? Your terminal shows it: vsecure login');
    const person = await who();
    if (!person.ok) return person;
    const found = await login.look(person.value, code);
    return found.ok ? { ok: true, value: shown(found.value, person.value.email) } : found;
  },
});

const shown = ({ id, device, address, createdAt, expiresAt }: Login, email: string): Answer => ({
  title: `Log a terminal in as ${email}?`,
  lines: [
    `It calls itself: ${device}`,
    `It asks from: ${address || 'an unknown address'}`,
    `It asked: ${utc(createdAt)}; the code holds until ${utc(expiresAt)}.`,
    'It gets a key with which it can decide requests in your name, for 90 days.',
    'Go on only if this very code is on your own terminal, where you have just typed vsecure login. If somebody sent it to you, they want your rights: do not confirm, and tell your administrators.',
  ],
  buttons: [confirmButton(id)],
});

const confirmButton = (id: Login['id']): Button => ({
  type: 'button',
  action_id: CONFIRM_LOGIN,
  text: plain('Confirm'),
  accessibility_label: 'Confirm that this terminal is yours, and give it a key of yours',
  value: id,
  style: 'danger',
});
