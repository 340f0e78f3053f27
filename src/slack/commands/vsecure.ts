/** `/vsecure`: who am I here, and what can I type? Answers only to whoever asked; unknown input gets help. */

import { explain } from '../../domain/refusal.js';
import type { IdentifyPresser } from '../../usecases/identify-presser.js';
import type { Gesture } from '../gesture.js';
import type { Workspace } from '../workspace.js';

export interface VsecureCommandParts {
  readonly identify: IdentifyPresser;
  readonly workspace: () => Workspace | undefined;
}

export type VsecureCommand = (text: string, from: Gesture) => Promise<void>;

const HELP = [
  'vsecure asks people before AI tools get secrets. Decide on the cards: Approve… or Deny….',
  '/vsecure whoami: whom vsecure takes you for',
  '/vsecure help: this',
  'Everything else is on the command line: vsecure --help',
].join('\n');

export function createVsecureCommand(parts: VsecureCommandParts): VsecureCommand {
  return async (text, gesture) => {
    await gesture.ack();
    const [word = 'help'] = text.trim().toLowerCase().split(/\s+/);
    if (word === 'whoami') return gesture.tell(await whoami(parts, gesture.userId));
    const unknown = word !== '' && word !== 'help';
    await gesture.tell(unknown ? `There is no such command here.\n${HELP}` : HELP);
  };
}

async function whoami(parts: VsecureCommandParts, userId: string): Promise<string> {
  const teamId = parts.workspace()?.teamId ?? '';
  const identified = await parts.identify({ teamId, userId });
  if (!identified.ok) return explain(identified.refusal);
  const { email, role } = identified.value;
  return `You are ${email} (${role}), with the Slack account ${teamId}/${userId}.`;
}
