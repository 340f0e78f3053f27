/** A modal that says one thing: why not, or how it ended meanwhile. */

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
