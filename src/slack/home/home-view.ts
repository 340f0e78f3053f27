/** The App Home of one person: a pure function of the facts that concern them. Slack shows it to this person only. */

import type { HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { Person } from '../../domain/person.js';
import type { HomeFacts, Truncated } from '../../usecases/approvals/app-home.js';
import { metricsLines } from '../format/metrics-lines.js';
import { context, moment, plain, plainSection } from '../format/text-objects.js';
import { grantBlocks } from './active-grants.js';
import { pendingBlocks } from './pending-requests.js';
import { decidedLines } from './recent-decisions.js';

/** At most 100 blocks: the use case limits each section. */
export function homeView(facts: HomeFacts, person: Person, teamId: string): HomeView {
  const { pending: waiting, activeGrants: inForce, decided, metrics, now } = facts;
  return {
    type: 'home',
    blocks: [
      header('Pending for you', 'request', waiting),
      ...(waiting.items.length > 1
        ? [context('Deletions first, then changes; then by deadline.')]
        : []),
      ...waiting.items.flatMap((one) => pendingBlocks(one)),
      ...(waiting.items.length === 0
        ? [context('No requests. New ones appear here and in your approval channels.')]
        : []),
      ...more(waiting, '/vsecure approvals'),
      header('Access in force', 'grant', inForce),
      ...inForce.items.flatMap((one) => grantBlocks(one)),
      ...(inForce.items.length === 0 ? [context('No active access that you can revoke.')] : []),
      ...more(inForce, '/vsecure grants'),
      header('Your last decisions'),
      ...decidedLines(decided),
      header('Last 7 days'),
      plainSection(metricsLines(metrics).join('\n')),
      context(`${audience(person, teamId)} · updated ${moment(now)}`),
    ],
  };
}

/** `Pending for you: 3 requests`. */
function header(title: string, noun = '', list?: Truncated<unknown>): HeaderBlock {
  const total = list?.total ?? 0;
  const count = `${total} ${noun}${total === 1 ? '' : 's'}${list?.atLeast ? ' or more' : ''}`;
  return { type: 'header', text: plain(total > 0 ? `${title}: ${count}` : title) };
}

function more({ items, total, atLeast }: Truncated<unknown>, command: string): KnownBlock[] {
  const left = total - items.length;
  if (left <= 0) return [];
  return [context(`and ${atLeast ? 'at least ' : ''}${left} more: ${command}`)];
}

function audience({ role }: Person, teamId: string): string {
  const all = role === 'member' ? '' : ` · as ${role}, you see the numbers of all requests`;
  return `Only you see this page · workspace ${teamId}${all}`;
}
