/** Every way to say no, and the one sentence that whoever asked may read. Never holds a value, a name of an approver, or whether an invisible thing exists. */

import { formatDuration } from './duration.js';
import type { ApprovalStatus, EntryPoint, Operation, RefusalCode } from './vocabulary.js';

type Plain = Exclude<
  RefusalCode,
  | 'invalid_resource'
  | 'mixed_policies'
  | 'not_permitted'
  | 'reason_missing'
  | 'reason_too_short'
  | 'invalid_duration'
  | 'duration_too_long'
  | 'too_many_pending'
  | 'too_many_requests'
  | 'denied_recently'
  | 'cannot_widen'
  | 'already_decided'
  | 'wrong_door'
  | 'not_allowed'
  | 'invalid_input'
  | 'grant_ended'
  | 'needs_value'
  | 'shown_once'
>;

export type Refusal =
  | { readonly code: Plain }
  | { readonly code: 'invalid_resource'; readonly problem: string }
  | { readonly code: 'invalid_input'; readonly problem: string }
  | { readonly code: 'mixed_policies'; readonly groups: readonly (readonly string[])[] }
  | { readonly code: 'not_permitted'; readonly operation: Operation }
  | { readonly code: 'reason_missing'; readonly minimum: number }
  | { readonly code: 'reason_too_short'; readonly minimum: number; readonly length: number }
  | { readonly code: 'invalid_duration'; readonly minimum: number }
  | { readonly code: 'duration_too_long'; readonly maximum: number }
  | { readonly code: 'cannot_widen'; readonly asked: number }
  | { readonly code: 'too_many_pending'; readonly maximum: number }
  | { readonly code: 'too_many_requests'; readonly maximum: number; readonly retryAfter: number }
  | { readonly code: 'denied_recently'; readonly retryAfter: number }
  | { readonly code: 'already_decided'; readonly status: Exclude<ApprovalStatus, 'pending'> }
  | {
      readonly code: 'wrong_door';
      readonly entryPoint: EntryPoint;
      readonly allowed: readonly EntryPoint[];
    }
  | { readonly code: 'grant_ended'; readonly how: 'expired' | 'revoked' | 'released' | 'used_up' }
  | { readonly code: 'needs_value'; readonly command: string }
  | { readonly code: 'shown_once'; readonly made: string }
  | { readonly code: 'not_allowed'; readonly needs: string };

const PLAIN: Record<Plain, string> = {
  nothing_in_common:
    'The approvers so far chose other resources, so nothing is left that all of them approve. Choose at least one that they chose too, or deny.',
  not_a_requester:
    'The policy does not let this key ask here. An operator can add it to the policy’s requesters.',
  no_policy:
    'No policy covers this resource, so nobody may ask for it. An operator can add one with mcp:configure.',
  approvers_missing:
    'The policy names nobody who could approve this. An operator must set approvers, or VSECURE_DEFAULT_APPROVERS.',
  approval_required:
    'There is no live grant for this resource. Ask with request-access first, then wait for the decision.',
  version_conflict:
    'Somebody changed this at the same moment. Look at it again, then repeat the change.',
  idempotency_mismatch:
    'This idempotency key was used for another change before. Use a new key for a new change.',
  not_found: 'There is no such thing, or it is not yours to see.',
  already_exists:
    'That name is taken. Names are never reused, and may not differ only in upper and lower case.',
  already_voted: 'Your vote on this request is already counted.',
  expired:
    'This request has expired: nobody decided in time. It was not denied; it can be asked again.',
  policy_changed:
    'The policy changed since this request was shown to you. The card has been redrawn: look at it again, then decide.',
  own_request:
    'This request comes from a key that you own. Somebody else must approve it; you can deny it.',
  not_an_approver: 'You are not one of the approvers of this request.',
  person_inactive: 'This account is deactivated, so it cannot decide anything.',
  foreign_team: 'This comes from another Slack workspace than the one vsecure is connected to.',
  unknown_person:
    'This Slack account is not linked to anybody vsecure knows. Make a code on the command line, `vsecure people:code`, and type it here: /vsecure link <code>. Or ask an administrator for `vsecure people:link`.',
  unverified_account:
    'Only full members of the workspace with a confirmed e-mail address may decide. Guests, bots and outside accounts may not.',
  invalid_key: 'The API key is unknown, expired or revoked.',
  key_suspended:
    'The owner of this key suspended it. Nothing works with it until an administrator resumes it: vsecure keys:resume.',
  too_many_codes:
    'Too many codes did not fit. Wait ten minutes, then make a new one where you made this one: vsecure people:code, or vsecure login.',
  already_linked:
    'This Slack account, or the person, is linked already. A link is never moved: ask an administrator.',
  invalid_code:
    'This code is unknown, used or older than ten minutes. Make a new one where you made this one: vsecure people:code, or vsecure login.',
  unavailable:
    'vsecure cannot answer this safely at the moment. Nothing was changed; try again shortly.',
};

/** What to tell whoever was refused. */
export function explain(refusal: Refusal): string {
  switch (refusal.code) {
    case 'invalid_resource':
      return `Not a valid resource: ${refusal.problem}. Example: vsecure://secrets/production/DATABASE_URL`;
    case 'invalid_input':
      return refusal.problem;
    case 'mixed_policies':
      return `These resources are under ${refusal.groups.length} different policies. Ask once for each group: ${refusal.groups.map((group) => group.join(', ')).join(' | ')}`;
    case 'not_permitted':
      return `The policy does not permit "${refusal.operation}" here at all.`;
    case 'reason_missing':
      return `A reason is required${refusal.minimum > 1 ? ` (at least ${refusal.minimum} characters)` : ''}.`;
    case 'reason_too_short':
      return `The reason is too short to say anything: at least ${refusal.minimum} characters, mostly letters or digits.`;
    case 'invalid_duration':
      return `A duration is at least ${formatDuration(refusal.minimum)}, written like 30m, 1h or 1h30m.`;
    case 'duration_too_long':
      return `The policy allows at most ${formatDuration(refusal.maximum)}.`;
    case 'cannot_widen':
      return `An approver can narrow what was asked for (${formatDuration(refusal.asked)}, and the resources on the card), not widen it.`;
    case 'too_many_pending':
      return `This key already has ${refusal.maximum} requests waiting for a decision. Wait for one of them, or cancel one, then ask again.`;
    case 'too_many_requests':
      return `This key has asked ${refusal.maximum} times within an hour. Ask again in ${formatDuration(refusal.retryAfter)}.`;
    case 'denied_recently':
      return `A person denied this same request. Do not repeat it; if something changed, ask again in ${formatDuration(refusal.retryAfter)}.`;
    case 'already_decided':
      return `This request is already ${refusal.status}.`;
    case 'wrong_door':
      return `The policy accepts decisions only from: ${refusal.allowed.join(', ')}.`;
    case 'grant_ended':
      return `The grant is over (${refusal.how}). Ask again with request-access.`;
    case 'needs_value':
      return `There is no value to store. Ask your user to run this command, which asks for the value where no AI tool sees it: ${refusal.command}`;
    case 'shown_once':
      return `This call made ${refusal.made} before, and showed it then; that is shown once. Give it up (a key: revoke it), and make another under a new idempotency key.`;
    case 'not_allowed':
      return `This needs ${refusal.needs}.`;
    default:
      return PLAIN[refusal.code];
  }
}
