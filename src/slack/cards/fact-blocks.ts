/** What is requested, by which key, what to check and what an approval permits: facts from the database, the same on the card and in every form. */

import type { ContextBlock, KnownBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { visibleText } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { ago, code, context, moment, open, section } from '../format/text-objects.js';
import { approversLine, emailName, voterNames } from './mentions.js';
import { changeBlocks } from './policy-changes.js';
import { signalBlocks } from './signal-blocks.js';
import { consequence } from './wording.js';

const POLICY_NAME_LIMIT = 40;

/** Between the title with its resources and the agent's words, without the outcome. */
export function factBlocks(facts: CardFacts): KnownBlock[] {
  const pending = facts.approval.status === 'pending';
  return [
    open(section(requesterLine(facts))),
    ...changeBlocks(facts),
    ...(pending ? signalBlocks(facts.signals) : []),
  ];
}

/** ``API key `claude-desktop` of `bob@example.com` asked 2 minutes ago, and repeated it once.`` The owner is not mentioned: they get a message of their own. */
export function requesterLine({ approval }: CardFacts): string {
  const { requester, timesRequested, createdAt, status } = approval;
  const again = timesRequested - 1;
  const times = again === 1 ? 'once' : `${again} times`;
  const repeated = again > 0 && status === 'pending' ? `, and repeated it ${times}` : '';
  return `API key ${code(requester.name)} of ${emailName(requester.ownerEmail)} asked ${ago(createdAt)}${repeated}`;
}

/** Votes, then what the next approval does. Empty where no approval is possible. `chosen`: see `consequence`. */
export function effectBlocks(facts: CardFacts, teamId: string, chosen = false): KnownBlock[] {
  const { approval, policy } = facts;
  if (approval.status !== 'pending') return [];
  if (!policy) return [open(section(UNDECIDABLE))];
  const tally = policy.minApprovals > 1 ? [tallyLine(facts, policy.minApprovals, teamId)] : [];
  return [open(section([...tally, consequence(facts, chosen)].join('\n')))];
}

const UNDECIDABLE =
  '*No single policy covers this any more, so no person can decide it.* The AI tool can ask again.';

function tallyLine(facts: CardFacts, needed: number, teamId: string): string {
  const count = facts.votes.filter(({ verdict }) => verdict === 'approve').length;
  if (count === 0) return `*Needs ${needed} approvals:* none yet.`;
  const left = needed - count;
  const next = left > 1 ? `${left} more are needed.` : 'The next one starts the access.';
  return `*${count} of ${needed} approvals:* ${voterNames(facts, teamId)}. ${next}`;
}

/** Grey, under the buttons: until when, who decides, and how to find the request elsewhere. */
export function footer(facts: CardFacts, teamId: string): ContextBlock {
  const { approval } = facts;
  const open = approval.status === 'pending' && facts.policy !== undefined;
  const first = open ? [`${deadline(approval)} · ${approversLine(facts, teamId)}`] : [];
  return context([...first, reference(facts)].join('\n'));
}

/** `Decide before today at 15:00`: the same words wherever a request is shown. */
export const deadline = ({ expiresAt }: Pick<Approval, 'expiresAt'>): string =>
  `Decide before ${moment(expiresAt)}`;

/** Characters of the id that are enough to recognize it. */
const ID_LENGTH = 9;

function reference({ approval, policy }: CardFacts): string {
  const id = code(approval.id.slice(0, ID_LENGTH));
  return policy ? `Policy ${policyName(policy)} · ${id}` : id;
}

/** The author of the policy chose the name: it is cleaned and clipped. */
export const policyName = ({ name }: { readonly name: string }): string =>
  code(clip(visibleText(name).text.replaceAll('\n', ' '), POLICY_NAME_LIMIT));
