/** The forms in which a person decides. Both repeat the facts as they are at this moment, before any field. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import { oneLine } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { agentBlocks } from '../cards/agent-blocks.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { FIELD, FORM, toMetadata } from '../format/action-ids.js';
import { clip, packLines } from '../format/clip.js';
import { plain, plainSection, section } from '../format/text-objects.js';
import { shownBy } from './changed-facts.js';
import { PHRASE_ROOM, phraseOptions } from './denial-reasons.js';
import { durationChoices } from './duration-choices.js';
import { reasonField } from './reason-field.js';
import { resourceFields } from './resource-choices.js';

/** What the form needs besides the facts. */
export interface Opening {
  readonly teamId: string;
  /** The digest that the pressed card carried. */
  readonly seen: string;
  /** What is not as a submitted form had it, which must therefore be submitted once more. */
  readonly changed?: readonly string[] | undefined;
}

export function approveForm(facts: CardFacts, opening: Opening): ModalView {
  const required = facts.policy?.requireDecisionReason ?? false;
  const { options, initial } = durationChoices(facts);
  const duration: InputBlock = {
    type: 'input',
    block_id: FIELD.duration.block,
    label: plain('For how long'),
    hint: plain('Shorter than asked is possible, longer is not.'),
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
      // Either may be empty as long as the other is not, which only we can check.
      reasonField({ label: 'Why you deny', required: false, room: REASON_MAX - PHRASE_ROOM }),
    ],
  });
}

const PHRASE: InputBlock = {
  type: 'input',
  block_id: FIELD.phrase.block,
  label: plain('A quick reason'),
  hint: plain('One of these, or your own words below, or both.'),
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
    private_metadata: toMetadata(shownBy(facts)),
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
      ...told(changed),
      section('Below is what holds now. Read it, then press the button once more.'),
    ];
  if (seen === digest) return [];
  return [section('*This request changed since that card was drawn.* Below is what holds now.')];
}

const LINE_SHOWN = 300;
const SECTION_ROOM = 2900;

/** No line of it can look like two. */
function told(lines: readonly string[]): KnownBlock[] {
  const clean = lines.map((line) => clip(oneLine(line), LINE_SHOWN));
  return packLines(clean, SECTION_ROOM).map(plainSection);
}
