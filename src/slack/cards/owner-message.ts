/** What the owner of a key is told in a direct message: facts alone, never a word of the agent's. */

import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../domain/duration.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { DirectMessageFacts } from '../../usecases/notifications/direct-messages.js';
import { code, context, escaped, moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { emailName, personName } from './mentions.js';
import { notMeButton } from './not-me-button.js';
import { outcomeBlocks } from './outcome-blocks.js';
import { resourceBlocks } from './resource-blocks.js';

/** One notice, in the workspace with this id. */
export function directCard(facts: DirectMessageFacts, teamId: string): Card {
  const { message: notice, request } = facts;
  if (notice.kind === 'suspended') return suspendedCard(facts, teamId);
  return {
    text: `Your key ${escaped(facts.principal.name)} ${DONE[notice.kind]}.`,
    blocks: [
      section(`Your key ${code(facts.principal.name)} ${DONE[notice.kind]}.`),
      ...(request ? about(notice.kind, request, teamId) : []),
      ...notMe(facts),
    ],
  };
}

const DONE = {
  asked: 'asks for access',
  settled: 'has got an answer to its request',
  first_use: 'has used its access for the first time',
} as const;

function about(kind: keyof typeof DONE, facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, grant } = facts;
  const asked = `*${approval.operation}* for ${formatDuration(approval.duration)}, asked ${moment(approval.createdAt)}`;
  const until = grant ? [section(`It may be used until ${moment(grant.endsAt)}.`)] : [];
  return [
    section(asked),
    ...resourceBlocks(approval),
    ...(kind === 'settled' ? outcomeBlocks(facts, teamId) : []),
    ...(kind === 'first_use' ? until : []),
    context(`Request ${code(approval.id)}`),
  ];
}

function notMe({ principal }: DirectMessageFacts): KnownBlock[] {
  if (principal.suspendedAt) return [section('This key is suspended.')];
  return [{ type: 'actions', elements: [notMeButton(principal)] }];
}

/** For the owner and every administrator. */
function suspendedCard(
  { principal, owner, suspendedBy }: DirectMessageFacts,
  teamId: string,
): Card {
  const { name, suspendedAt } = principal;
  const whose = owner ? ` of ${emailName(owner.email)}` : '';
  const by = suspendedBy ? ` by ${personName(suspendedBy, teamId)}` : '';
  const when = suspendedAt ? `${by}, ${moment(suspendedAt)}` : ', and has been resumed since';
  return {
    text: `The key ${escaped(name)} was suspended.`,
    blocks: [
      section(`*The key ${code(name)}${whose} was suspended*${when}.`),
      section(
        'Its access was ended and its requests were withdrawn. Look at what it did on the audit trail, then revoke it or let it work again:',
      ),
      section(
        `${code(`vsecure mcp:audit --actor ${name}`)}\n${code(`vsecure keys:resume ${name}`)}`,
      ),
    ],
  };
}
