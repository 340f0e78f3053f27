/** The App Home of one person: a pure function of what concerns them. Slack shows it to nobody else. */

import type { HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { Person } from '../../domain/person.js';
import type { HomeFacts, Truncated } from '../../usecases/approvals/app-home.js';
import { metricsLines } from '../format/metrics-lines.js';
import { context, moment, plain, plainSection } from '../format/text-objects.js';
import { inForceBlocks } from './grant-blocks.js';
import { waitingBlocks } from './pending-blocks.js';
import { decidedLines } from './recent-decisions.js';

/** At most 100 blocks: the use case gives no more of each section than fits. */
export function homeView(facts: HomeFacts, person: Person, teamId: string): HomeView {
  const { pending: waiting, activeGrants: inForce, decided, metrics, now } = facts;
  return {
    type: 'home',
    blocks: [
      header('Waiting for you', waiting),
      ...waiting.items.flatMap((one) => waitingBlocks(one)),
      ...(waiting.items.length === 0
        ? [context('Nothing. You are asked here and on the cards.')]
        : []),
      ...more(waiting, '/vsecure approvals'),
      header('In force', inForce),
      ...inForce.items.flatMap((one) => inForceBlocks(one)),
      ...(inForce.items.length === 0 ? [context('No access that you could revoke.')] : []),
      ...more(inForce, '/vsecure grants'),
      header('Your decisions'),
      ...decidedLines(decided),
      header('7 days at a glance'),
      plainSection(metricsLines(metrics).join('\n')),
      context(`${whose(person, teamId)} · drawn ${moment(now)}`),
    ],
  };
}

function header(title: string, list?: Truncated<unknown>): HeaderBlock {
  const count = list && list.total > 0 ? ` (${list.total}${list.atLeast ? ' or more' : ''})` : '';
  return { type: 'header', text: plain(`${title}${count}`) };
}

function more({ items, total, atLeast }: Truncated<unknown>, command: string): KnownBlock[] {
  const left = total - items.length;
  if (left <= 0) return [];
  return [context(`and ${atLeast ? 'at least ' : ''}${left} more: ${command}`)];
}

function whose({ role }: Person, teamId: string): string {
  const all = role === 'member' ? '' : `, and as ${role} you see the numbers of everything`;
  return `For you alone, in workspace ${teamId}${all}`;
}
