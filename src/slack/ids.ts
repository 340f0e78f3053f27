/** The names by which Slack gives our buttons, forms and fields back to us. */

import { z } from 'zod';
import { approvalId } from '../contract/fields.js';
import type { ApprovalId } from '../domain/approval.js';

/** `action_id`s of the buttons on a card. */
export const BUTTON = { approve: 'approve', deny: 'deny', details: 'details' } as const;

/** `callback_id`s of the forms. */
export const FORM = { approve: 'approve_form', deny: 'deny_form' } as const;

/** Fields of the forms: the block's and the element's id. */
export const FIELD = {
  reason: { block: 'reason', element: 'text' },
  duration: { block: 'duration', element: 'choice' },
  resources: { block: 'resources', element: 'boxes' },
  moreResources: { block: 'more_resources', element: 'boxes' },
} as const;

export const COMMAND = '/vsecure';

/** What a button or form is about: everybody in the channel can read it, so it holds ids and no facts. */
export interface Subject {
  readonly approval: ApprovalId;
  /** The digest of what was shown. */
  readonly seen: string;
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const subject = z.strictObject({ approval: approvalId, seen: digest });

export const toButtonValue = ({ approval, seen }: Subject): string => `${approval}.${seen}`;
export const toMetadata = ({ approval, seen }: Subject): string =>
  JSON.stringify({ approval, seen });

/** Undefined for anything that we did not write. */
export function fromButtonValue(value: unknown): Subject | undefined {
  const [approval, seen, ...rest] = typeof value === 'string' ? value.split('.') : [];
  return rest.length > 0 ? undefined : subject.safeParse({ approval, seen }).data;
}

/** Undefined for anything that we did not write. */
export function fromMetadata(metadata: string): Subject | undefined {
  try {
    return subject.safeParse(JSON.parse(metadata)).data;
  } catch {
    return undefined;
  }
}
