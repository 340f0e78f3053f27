/** A direct message to the owner of a key: facts from the database only, without the agent's words. */

import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { DirectMessageFacts } from '../../usecases/notifications/direct-messages.js';
import {
  ago,
  code,
  context,
  escaped,
  moment,
  plainSection,
  section,
} from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { emailName, personName } from './mentions.js';
import { notMeButton } from './not-me-button.js';
import { outcomeBlocks } from './outcome-blocks.js';
import { resourceBlocks } from './resource-blocks.js';
import { headline } from './wording.js';

/** One message, in the workspace with this id. */
export function directCard(facts: DirectMessageFacts, teamId: string): Card {
  const { message: notice, request, principal } = facts;
  if (notice.kind === 'suspended') return suspendedCard(facts, teamId);
  return {
    text: `Your API key ${escaped(principal.name)} ${EVENT[notice.kind]}.`,
    blocks: [
      section(`*Your API key ${code(principal.name)} ${EVENT[notice.kind]}*`),
      ...(request ? about(notice.kind, request, teamId) : []),
      ...notMe(facts),
      ...(request ? [context(`Request ${code(request.approval.id)}`)] : []),
    ],
  };
}

const EVENT = {
  asked: 'asks for access',
  settled: 'has the outcome of its request',
  first_use: 'used its access for the first time',
} as const;

/** The title is plain text: a resource may hold a `*`. */
function about(kind: keyof typeof EVENT, facts: CardFacts, teamId: string): KnownBlock[] {
  const title = [plainSection(headline(facts)), ...resourceBlocks(facts.approval)];
  if (kind === 'settled') return [...title, ...outcomeBlocks(facts, teamId)];
  const asked = `Asked ${ago(facts.approval.createdAt)}.`;
  if (kind === 'asked')
    return [...title, section(`${asked} If that is you, do nothing: an approver decides.`)];
  const until = facts.grant ? ` The access ends ${moment(facts.grant.endsAt)}.` : '';
  return [...title, section(`${asked}${until}`)];
}

function notMe({ principal }: DirectMessageFacts): KnownBlock[] {
  if (principal.suspendedAt) return [section('This key is suspended.')];
  return [
    section(
      'If this was not you, *Not me…* suspends the key at once: its access ends and its requests are withdrawn. Only an administrator can resume the key.',
    ),
    { type: 'actions', elements: [notMeButton(principal)] },
  ];
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
