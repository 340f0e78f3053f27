/** A modal with one message: a refusal, or the outcome of a request. */

import type { KnownBlock, ModalView } from '@slack/types';
import { plain, plainSection } from '../format/text-objects.js';

/** `title` has at most 24 characters. */
export function noticeView(title: string, text: string, more: KnownBlock[] = []): ModalView {
  return {
    type: 'modal',
    title: plain(title),
    close: plain('Close'),
    blocks: [plainSection(text), ...more],
  };
}
