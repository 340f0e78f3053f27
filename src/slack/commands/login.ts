/** `/vsecure login`: shows which terminal a code belongs to, so that the person can confirm that it is theirs. */

import type { Button } from '@slack/types';
import { ok } from '../../domain/result.js';
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

/** Confirms nothing yet: only the button gives the terminal a key. */
export const createLoginCommand = ({ login }: LoginCommandParts): Command => ({
  name: 'login',
  usage: '<code>',
  summary: 'confirm the code that `vsecure login` shows in your terminal',
  examples: ['login WDJB-MJHT'],
  words: 1,
  flags: {},
  async answer({ words: [code], who }) {
    if (!code) return problem('A code is missing. `vsecure login` shows one in your terminal.');
    const person = await who();
    if (!person.ok) return person;
    const found = await login.look(person.value, code);
    return found.ok ? ok(shown(found.value, person.value.email)) : found;
  },
});

const shown = ({ id, device, address, createdAt, expiresAt }: Login, email: string): Answer => ({
  title: `Log in a terminal as ${email}?`,
  lines: [
    `Device (self-reported): ${device}`,
    `IP address: ${address || 'unknown'}`,
    `Requested ${utc(createdAt)} · The code expires ${utc(expiresAt)}`,
    'The terminal gets an API key that can decide requests in your name for 90 days.',
    'Confirm only if your own terminal shows this code and you have just run vsecure login there. If another person sent you this code, they are trying to act in your name: do not confirm, and inform your administrators.',
  ],
  buttons: [confirmButton(id)],
});

const confirmButton = (id: Login['id']): Button => ({
  type: 'button',
  action_id: CONFIRM_LOGIN,
  text: plain('Confirm'),
  accessibility_label: 'Confirm that this terminal is yours, and give it an API key in your name',
  value: id,
  style: 'danger',
});
