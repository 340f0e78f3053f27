/** The forms in which an approver decides. Both show the current facts above the fields. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import { oneLine } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { agentBlocks } from '../cards/agent-blocks.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { FIELD, FORM, toMetadata } from '../format/action-ids.js';
import { clip, packLines } from '../format/clip.js';
import { plain, plainSection, section } from '../format/text-objects.js';
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
    hint: plain('You can shorten this, not extend it.'),
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
    fields: [
      ...resourceFields(facts.approval.resources),
      duration,
      reasonField({ label: 'Why you approve', required }),
    ],
  });
}

export function denyForm(facts: CardFacts, opening: Opening): ModalView {
  return form(facts, opening, {
    callback_id: FORM.deny,
    title: plain('Deny access'),
    submit: plain('Deny'),
    fields: [
      PHRASE,
      // One of the two may be empty, but not both: only vsecure can check that, not Slack.
      reasonField({ label: 'Why you deny', required: false, maxLength: REASON_MAX - PHRASE_ROOM }),
    ],
  });
}

const PHRASE: InputBlock = {
  type: 'input',
  block_id: FIELD.phrase.block,
  label: plain('Quick reason'),
  hint: plain('Choose one of these, write your own reason below, or both.'),
  optional: true,
  element: { type: 'radio_buttons', action_id: FIELD.phrase.element, options: phraseOptions() },
};

interface Parts extends Pick<ModalView, 'callback_id' | 'title' | 'submit'> {
  readonly fields: readonly InputBlock[];
}

function form(facts: CardFacts, opening: Opening, { fields, ...head }: Parts): ModalView {
  return {
    type: 'modal',
    ...head,
    close: plain('Cancel'),
    private_metadata: toMetadata(snapshotOf(facts)),
    blocks: [
      ...changedSince(facts, opening),
      ...factBlocks(facts, opening.teamId),
      ...fields,
      ...agentBlocks(facts.approval),
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
