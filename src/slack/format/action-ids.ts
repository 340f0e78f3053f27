/** The ids of vsecure's buttons, forms and fields, which Slack sends back with each interaction. */

import { z } from 'zod';
import { approvalId, digest, grantId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { GrantId } from '../../domain/grant.js';

/** `action_id`s of buttons on cards, in views and in lists. The value of `revoke` is a grant's id, the others get theirs from `toButtonValue`. */
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

/** `action_id`s of a digest's button, and of the buttons under the list that it opens. Their value is the page. */
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

/** The request that a button belongs to. All members of the channel can read it, so it holds ids and no facts. */
export interface ButtonTarget {
  readonly approval: ApprovalId;
  /** The digest of the request as the card showed it. */
  readonly seen: string;
}

/** The request that a form belongs to, with the facts that show what changed while the form was open. Only the person with the form can read it. */
export interface FormSnapshot extends ButtonTarget {
  /** The policy's id and version. */
  readonly policy?: string | undefined;
  readonly version?: number | undefined;
  readonly asked: number;
  /** Approvals so far. */
  readonly votes: number;
  /** Approvals that the request needs. */
  readonly needed: number;
  /** Whether an approval needs a reason. Absent in forms that an older vsecure opened. */
  readonly reasonNeeded?: boolean | undefined;
}

const count = z.int().nonnegative();
const target = z.strictObject({ approval: approvalId, seen: digest });
const snapshot = target.extend({
  policy: z.string().max(100).optional(),
  version: count.optional(),
  asked: count,
  votes: count,
  needed: count,
  reasonNeeded: z.boolean().optional(),
});

export const toButtonValue = ({ approval, seen }: ButtonTarget): string => `${approval}.${seen}`;
export const toMetadata = (snapshot: FormSnapshot): string => JSON.stringify(snapshot);

/** Undefined for a value that vsecure did not write. */
export function fromButtonValue(value: unknown): ButtonTarget | undefined {
  const [approval, seen, ...rest] = typeof value === 'string' ? value.split('.') : [];
  return rest.length > 0 ? undefined : target.safeParse({ approval, seen }).data;
}

/** Undefined for a value that vsecure did not write. */
export function fromMetadata(metadata: string): FormSnapshot | undefined {
  try {
    return snapshot.safeParse(JSON.parse(metadata)).data;
  } catch {
    return undefined;
  }
}

/** The grant that a button or form belongs to; undefined for a value that vsecure did not write. */
export const readGrantId = (text: unknown): GrantId | undefined => grantId.safeParse(text).data;
