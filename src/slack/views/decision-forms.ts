/** The forms in which an approver decides. Both show the current facts above the fields. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import { oneLine } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { agentBlocks } from '../cards/agent-blocks.js';
import { effectBlocks, factBlocks } from '../cards/fact-blocks.js';
import { fullResourceBlocks, resourceBlocks } from '../cards/resource-blocks.js';
import { headline } from '../cards/wording.js';
import { FIELD, FORM, toMetadata } from '../format/action-ids.js';
import { clip, packLines } from '../format/clip.js';
import { open, plain, plainSection, section } from '../format/text-objects.js';
import { snapshotOf } from './changed-facts.js';
import { PHRASE_ROOM, phraseOptions } from './denial-reasons.js';
import { durationChoices } from './duration-choices.js';
import { reasonField } from './reason-field.js';
import { resourceFields } from './resource-choices.js';

/** What a form needs in addition to the facts. */
export interface Opening {
  readonly teamId: string;
  /** The digest that the clicked button carried. */
  readonly seen: string;
  /** What changed since the form was submitted. Then the approver must submit it again. */
  readonly changed?: readonly string[] | undefined;
}

export function approveForm(facts: CardFacts, opening: Opening): ModalView {
  const required = facts.policy?.requireDecisionReason ?? false;
  const { options, initial } = durationChoices(facts);
  const duration: InputBlock = {
    type: 'input',
    block_id: FIELD.duration.block,
    label: plain('For how long'),
    hint: plain(hintFor(facts)),
    element: {
      type: 'static_select',
      action_id: FIELD.duration.element,
      options,
      initial_option: initial,
    },
  };
  return form(facts, opening, {
    callback_id: FORM.approve,
    title: plain('Approve access'),
    submit: plain('Approve'),
    effect: effectBlocks(facts, opening.teamId, true),
    fields: [
      ...resourceFields(facts.approval.resources),
      duration,
      reasonField({ label: 'Why you approve', required }),
    ],
  });
}

const hintFor = ({ policy }: CardFacts): string =>
  (policy?.minApprovals ?? 1) > 1
    ? 'Starts with the last approval. The shortest time that an approver chose counts.'
    : 'Starts when you click Approve. You can shorten this, not extend it.';

export function denyForm(facts: CardFacts, opening: Opening): ModalView {
  return form(facts, opening, {
    callback_id: FORM.deny,
    title: plain('Deny or send back'),
    submit: plain('Send decision'),
    effect: [section(DENYING)],
    fields: [
      PHRASE,
      // One of the two may be empty, but not both: only vsecure can check that, not Slack.
      reasonField({ label: 'In your words', required: false, maxLength: REASON_MAX - PHRASE_ROOM }),
    ],
  });
}

const DENYING =
  'Either way the AI tool gets nothing now, and no other approver decides this any more. *Deny* is final; after *Send back* it may ask again at once.';

const PHRASE: InputBlock = {
  type: 'input',
  block_id: FIELD.phrase.block,
  label: plain('Your decision'),
  hint: plain('Without a choice, your own words below are a denial, which is final.'),
  optional: true,
  element: { type: 'radio_buttons', action_id: FIELD.phrase.element, options: phraseOptions() },
};

interface Parts extends Pick<ModalView, 'callback_id' | 'title' | 'submit'> {
  /** What the approval permits. */
  readonly effect: readonly KnownBlock[];
  readonly fields: readonly InputBlock[];
}

/** With the numbers that the checkboxes use; a single name stands in the title. */
const fullNames = ({ approval }: CardFacts): KnownBlock[] =>
  approval.resources.length > 1 ? fullResourceBlocks(approval) : resourceBlocks(approval);

function form(facts: CardFacts, opening: Opening, { effect, fields, ...head }: Parts): ModalView {
  return {
    type: 'modal',
    ...head,
    close: plain('Cancel'),
    private_metadata: toMetadata(snapshotOf(facts)),
    blocks: [
      ...changedSince(facts, opening),
      open(plainSection(headline(facts))),
      ...fullNames(facts),
      ...factBlocks(facts),
      ...effect,
      ...agentBlocks(facts.approval),
      ...fields,
    ],
  };
}

function changedSince({ digest }: CardFacts, { seen, changed }: Opening): KnownBlock[] {
  if (changed)
    return [
      section('*This request changed while the form was open, so nothing was decided.*'),
      ...plainLines(changed),
      section('The form below shows the current request. Check it, then submit again.'),
    ];
  if (seen === digest) return [];
  return [
    section(
      '*This request changed after that card was last updated.* The form below shows the current request.',
    ),
  ];
}

const LINE_LIMIT = 300;
const SECTION_ROOM = 2900;

/** Plain text. A line cannot imitate two lines. */
function plainLines(lines: readonly string[]): KnownBlock[] {
  const clean = lines.map((line) => clip(oneLine(line), LINE_LIMIT));
  return packLines(clean, SECTION_ROOM).map(plainSection);
}
