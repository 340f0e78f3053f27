/** The forms in which a person decides. Both repeat the facts as they are at this moment, before any field. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import type { CardFacts } from '../../usecases/card-facts.js';
import { agentBlocks } from '../cards/agent-blocks.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { FIELD, FORM, type Subject, toMetadata } from '../ids.js';
import { plain, section } from '../text-objects.js';
import { durationChoices } from './duration-choices.js';
import { resourceFields } from './resource-choices.js';

/** What the form needs besides the facts. */
export interface Opening {
  readonly teamId: string;
  /** The digest that the pressed card carried. */
  readonly seen: string;
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
      reasonField('Why you approve', required),
    ],
  });
}

export function denyForm(facts: CardFacts, opening: Opening): ModalView {
  return form(facts, opening, {
    callback_id: FORM.deny,
    title: plain('Deny access'),
    submit: plain('Deny'),
    fields: [reasonField('Why you deny', true)],
  });
}

interface Parts extends Pick<ModalView, 'callback_id' | 'title' | 'submit'> {
  readonly fields: readonly InputBlock[];
}

function form(facts: CardFacts, opening: Opening, { fields, ...head }: Parts): ModalView {
  const { approval } = facts;
  const subject: Subject = { approval: approval.id, seen: approval.digest };
  return {
    type: 'modal',
    ...head,
    close: plain('Cancel'),
    private_metadata: toMetadata(subject),
    blocks: [
      ...changedSince(opening.seen !== approval.digest),
      ...factBlocks(facts, opening.teamId),
      ...fields,
      ...agentBlocks(approval),
    ],
  };
}

const changedSince = (changed: boolean): KnownBlock[] =>
  changed
    ? [section('*This request changed since that card was drawn.* Below is what holds now.')]
    : [];

function reasonField(label: string, required: boolean): InputBlock {
  return {
    type: 'input',
    block_id: FIELD.reason.block,
    label: plain(label),
    hint: plain('The AI tool and the audit trail see this. Never write a secret here.'),
    optional: !required,
    element: {
      type: 'plain_text_input',
      action_id: FIELD.reason.element,
      multiline: true,
      max_length: REASON_MAX,
    },
  };
}
