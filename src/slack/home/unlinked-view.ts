/** The App Home of a Slack account that is not linked or may not act: how to link it, and nothing else. */

import type { HomeView } from '@slack/types';
import { explain, type Refusal } from '../../domain/refusal.js';
import { plain, plainSection } from '../format/text-objects.js';

const HOW =
  'If you have a vsecure API key, run `vsecure people:code` with it, then type /vsecure link and the code here in Slack. Otherwise ask a vsecure administrator to run `vsecure people:link` for you.';

export function unlinkedView(refusal: Refusal): HomeView {
  const how = refusal.code === 'unknown_person' ? [plainSection(HOW)] : [];
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('vsecure') },
      plainSection('vsecure asks people for approval before AI tools get secrets.'),
      plainSection(explain(refusal)),
      ...how,
    ],
  };
}
