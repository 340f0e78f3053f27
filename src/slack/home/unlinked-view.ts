/** The App Home of an account that is nobody's, or that may not act: how to be linked, and nothing else. */

import type { HomeView } from '@slack/types';
import { explain, type Refusal } from '../../domain/refusal.js';
import { plain, plainSection } from '../format/text-objects.js';

const HOW =
  'If somebody gave you a key of vsecure: run `vsecure people:code` with it, then type here /vsecure link and the code. Otherwise ask an administrator of vsecure to run `vsecure people:link` for you.';

export function strangerView(refusal: Refusal): HomeView {
  const how = refusal.code === 'unknown_person' ? [plainSection(HOW)] : [];
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('vsecure') },
      plainSection('vsecure asks people before AI tools get secrets.'),
      plainSection(explain(refusal)),
      ...how,
    ],
  };
}
