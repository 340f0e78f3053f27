/** What is shown instead of a form when there is nothing left to decide. */

import type { ModalView } from '@slack/types';
import { explain } from '../../domain/refusal.js';
import type { CardFacts } from '../../usecases/card-facts.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { noticeView } from './notice-view.js';

/** Says who decided and when; undefined while the request is open. */
export function outcomeView(facts: CardFacts, teamId: string): ModalView | undefined {
  const { status, expiresAt } = facts.approval;
  if (status === 'expired' || (status === 'pending' && facts.now >= expiresAt))
    return noticeView('Expired', explain({ code: 'expired' }), outcomeBlocks(facts, teamId));
  if (status === 'pending') return undefined;
  const sentence = explain({ code: 'already_decided', status });
  return noticeView('Already decided', sentence, outcomeBlocks(facts, teamId));
}
