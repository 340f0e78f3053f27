/** A direct message to the owner of a key: facts from the database only, without the agent's words. */

import type { KnownBlock } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { DirectMessageFacts } from '../../usecases/notifications/direct-messages.js';
import { code, context, escaped, moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { emailName, personName } from './mentions.js';
import { notMeButton } from './not-me-button.js';
import { outcomeBlocks } from './outcome-blocks.js';
import { resourceBlocks } from './resource-blocks.js';
import { capitalized } from './wording.js';

/** One message, in the workspace with this id. */
export function directCard(facts: DirectMessageFacts, teamId: string): Card {
  const { message: notice, request } = facts;
  if (notice.kind === 'suspended') return suspendedCard(facts, teamId);
  return {
    text: `Your API key ${escaped(facts.principal.name)} ${EVENT[notice.kind]}.`,
    blocks: [
      section(`Your API key ${code(facts.principal.name)} ${EVENT[notice.kind]}.`),
      ...(request ? about(notice.kind, request, teamId) : []),
      ...notMe(facts),
    ],
  };
}

const EVENT = {
  asked: 'requests access',
  settled: 'has the outcome of its request',
  first_use: 'used its access for the first time',
} as const;

function about(kind: keyof typeof EVENT, facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, grant } = facts;
  const requested = `*${capitalized(approval.operation)}* for ${spellDuration(approval.duration)}, requested ${moment(approval.createdAt)}`;
  const until = grant ? [section(`The access ends ${moment(grant.endsAt)}.`)] : [];
  return [
    section(requested),
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
    text: `The API key ${escaped(name)} was suspended.`,
    blocks: [
      section(`*The API key ${code(name)}${whose} was suspended*${when}.`),
      section(
        'Its access ended and its requests were withdrawn. Check in the audit trail what it did, then revoke the key or resume it:',
      ),
      section(
        `${code(`vsecure mcp:audit --actor ${name}`)}\n${code(`vsecure keys:resume ${name}`)}`,
      ),
    ],
  };
}
