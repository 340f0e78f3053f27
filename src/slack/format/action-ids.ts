/** The names by which Slack gives our buttons, forms and fields back to us. */

import { z } from 'zod';
import { approvalId, digest, grantId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { GrantId } from '../../domain/grant.js';

/** `action_id`s of buttons, wherever they stand. The value of `revoke` is a grant's id, of the others what `toButtonValue` makes. */
export const BUTTON = {
  approve: 'approve',
  deny: 'deny',
  details: 'details',
  revoke: 'revoke',
} as const;

/** `action_id` of the button that suspends a key; its value is the principal's id. */
export const NOT_ME = 'not_me';

/** `action_id` of the button that confirms a login; its value is the login's id. */
export const CONFIRM_LOGIN = 'confirm_login';

/** `action_id`s of a digest's button, and of those under the list that it opens; their value is the page. */
export const DIGEST = {
  review: 'digest_review',
  back: 'digest_back',
  again: 'digest_again',
  forward: 'digest_forward',
} as const;

/** `callback_id`s of the forms. */
export const FORM = { approve: 'approve_form', deny: 'deny_form', revoke: 'revoke_form' } as const;

/** Fields of the forms: the block's and the element's id. */
export const FIELD = {
  phrase: { block: 'phrase', element: 'choice' },
  reason: { block: 'reason', element: 'text' },
  duration: { block: 'duration', element: 'choice' },
  resources: { block: 'resources', element: 'boxes' },
  moreResources: { block: 'more_resources', element: 'boxes' },
} as const;

export const COMMAND = '/vsecure';

/** What a button is about: everybody in the channel can read it, so it holds ids and no facts. */
export interface Subject {
  readonly approval: ApprovalId;
  /** The digest of what was shown. */
  readonly seen: string;
}

/** What a form is about, and as much of what it showed as is needed to tell what changed since. Only its person can read it. */
export interface Shown extends Subject {
  /** The policy's id and version. */
  readonly policy?: string | undefined;
  readonly version?: number | undefined;
  readonly asked: number;
  /** Approvals so far. */
  readonly votes: number;
  /** Approvals that it needs. */
  readonly needed: number;
}

const count = z.int().nonnegative();
const subject = z.strictObject({ approval: approvalId, seen: digest });
const shown = subject.extend({
  policy: z.string().max(100).optional(),
  version: count.optional(),
  asked: count,
  votes: count,
  needed: count,
});

export const toButtonValue = ({ approval, seen }: Subject): string => `${approval}.${seen}`;
export const toMetadata = (shown: Shown): string => JSON.stringify(shown);

/** Undefined for anything that we did not write. */
export function fromButtonValue(value: unknown): Subject | undefined {
  const [approval, seen, ...rest] = typeof value === 'string' ? value.split('.') : [];
  return rest.length > 0 ? undefined : subject.safeParse({ approval, seen }).data;
}

/** Undefined for anything that we did not write. */
export function fromMetadata(metadata: string): Shown | undefined {
  try {
    return shown.safeParse(JSON.parse(metadata)).data;
  } catch {
    return undefined;
  }
}

/** The grant that a button or form of ours is about; undefined for anything that we did not write. */
export const readGrantId = (text: unknown): GrantId | undefined => grantId.safeParse(text).data;
