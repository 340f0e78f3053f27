/** Shown instead of a form when there is nothing left to decide. */

import type { ModalView } from '@slack/types';
import { whyClosed } from '../../domain/approval.js';
import { explain } from '../../domain/refusal.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { headline } from '../cards/wording.js';
import { plainSection } from '../format/text-objects.js';
import { noticeView } from './notice-view.js';

/** Says who decided and when; undefined while the request is pending. */
export function outcomeView(facts: CardFacts, teamId: string): ModalView | undefined {
  const over = whyClosed(facts.approval, facts.now);
  if (!over) return undefined;
  const title = over.code === 'expired' ? 'Expired' : 'Already decided';
  return noticeView(title, explain(over), [
    plainSection(headline(facts)),
    ...outcomeBlocks(facts, teamId),
  ]);
}
