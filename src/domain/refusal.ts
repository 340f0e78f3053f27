/** Every refusal and the sentence that the caller reads. A sentence never contains a value or an approver's name, and never shows whether an invisible resource exists. */

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
  | 'approval_required'
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
  | {
      readonly code: 'too_many_requests';
      readonly maximum: number;
      readonly retryAfter: number;
      /** `maximum` counts resources that were granted without a person. */
      readonly automatic?: true;
    }
  | { readonly code: 'denied_recently'; readonly retryAfter: number }
  | { readonly code: 'already_decided'; readonly status: Exclude<ApprovalStatus, 'pending'> }
  | {
      readonly code: 'wrong_door';
      readonly entryPoint: EntryPoint;
      readonly allowed: readonly EntryPoint[];
    }
  | { readonly code: 'grant_ended'; readonly how: 'expired' | 'revoked' | 'released' | 'used_up' }
  | { readonly code: 'needs_value'; readonly command: string; readonly generate: boolean }
  /** The caller's own request: `pending` would give the access, in `refusedIn` a person denied it or left it out. */
  | {
      readonly code: 'approval_required';
      readonly pending?: `appr_${string}` | undefined;
      readonly refusedIn?: `appr_${string}` | undefined;
    }
  | { readonly code: 'shown_once'; readonly made: string }
  | { readonly code: 'not_allowed'; readonly needs: string };

const PLAIN: Record<Plain, string> = {
  nothing_in_common:
    'Earlier approvers chose other resources, so no resource is left that all approvers agree on. Choose at least one of theirs, or deny.',
  not_a_requester:
    'The policy does not allow this key to request access to this resource. An operator can add the key to the policy’s requesters.',
  no_policy:
    'No policy covers this resource, so it cannot be requested. An operator can add one with mcp:configure.',
  approvers_missing:
    'The policy has no approver for this request. An operator must set approvers in the policy, or VSECURE_DEFAULT_APPROVERS.',
  version_conflict:
    'This was changed by another request in the meantime. Read the current version, then repeat your change.',
  idempotency_mismatch:
    'This idempotency key was already used for a different change. Use a new key for each new change.',
  not_found: 'Not found, or you have no access.',
  already_exists:
    'This name is already taken. Names are never reused, and two names may not differ only in upper and lower case.',
  already_voted:
    'You have already approved this request: that vote counts, and this click changed nothing. Other approvers must decide now.',
  expired:
    'This request expired without a decision. It was not denied; the access can be requested again.',
  policy_changed:
    'The policy changed after this request was shown to you. Read the request again, then decide.',
  own_request:
    'This request comes from a key that you own. Another approver must approve it; you can only deny it.',
  not_an_approver: 'You are not one of the approvers of this request.',
  person_inactive: 'This account is deactivated, so it cannot decide requests.',
  foreign_team:
    'This Slack account belongs to a different workspace than the one that vsecure is connected to.',
  unknown_person:
    'This Slack account is not linked to a person in vsecure. Create a code on the command line with `vsecure people:code`, and enter it here: /vsecure link <code>. Or ask an administrator to run `vsecure people:link`.',
  unverified_account:
    'Only full members of the workspace with a confirmed e-mail address can decide. Slack guests, bots and external accounts cannot.',
  invalid_key:
    'The API key is unknown, expired or revoked. An administrator can create another with vsecure keys:create.',
  key_suspended:
    'This key is suspended. It works again after an administrator resumes it with vsecure keys:resume.',
  too_many_codes:
    'Too many wrong codes. Wait ten minutes, then create a new code with vsecure people:code or vsecure login.',
  already_linked:
    'This Slack account or this person is already linked. A link cannot be changed; ask an administrator.',
  invalid_code:
    'This code is wrong, already used, or older than ten minutes. Create a new code with vsecure people:code or vsecure login.',
  unavailable:
    'vsecure cannot answer this safely right now. Nothing was changed; try again shortly.',
};

const ENTRY_POINT: Record<EntryPoint, string> = {
  slack: 'Slack',
  dashboard: 'the dashboard',
  cli: 'the command line',
  api: 'the API',
};

const GRANT_END = {
  expired: 'expired',
  released: 'released',
  used_up: 'used up',
} as const;

/** The sentence that the refused caller reads: what happened, and what to do next. */
export function explain(refusal: Refusal): string {
  switch (refusal.code) {
    case 'invalid_resource':
      return `Not a valid resource: ${refusal.problem}. Example: vsecure://secrets/production/DATABASE_URL`;
    case 'invalid_input':
      return refusal.problem;
    case 'mixed_policies':
      return `These resources are under ${refusal.groups.length} different policies. Send one request for each group: ${refusal.groups.map((group) => group.join(', ')).join(' | ')}`;
    case 'not_permitted':
      return `The policy does not permit the operation "${refusal.operation}" on this resource.`;
    case 'reason_missing':
      return `A reason is required${refusal.minimum > 1 ? ` (at least ${refusal.minimum} characters)` : ''}.`;
    case 'reason_too_short':
      return `The reason is too short. Write at least ${refusal.minimum} characters, mostly letters or digits.`;
    case 'invalid_duration':
      return `Not a valid duration. Use at least ${formatDuration(refusal.minimum)}, written like 30m, 1h or 1h30m.`;
    case 'duration_too_long':
      return `The duration is too long. The policy allows at most ${formatDuration(refusal.maximum)}.`;
    case 'cannot_widen':
      return `You can shorten the duration (${formatDuration(refusal.asked)}) or choose fewer of the requested resources, not extend them.`;
    case 'too_many_pending':
      return `This key already has ${refusal.maximum} pending requests. Wait for a decision on one of them, or cancel one, then request again.`;
    case 'too_many_requests':
      if (refusal.automatic)
        return `This key has got ${refusal.maximum} resources without a person. Request again in ${formatDuration(refusal.retryAfter)}, and only what the task needs.`;
      return `This key has made ${refusal.maximum} requests within an hour. Request again in ${formatDuration(refusal.retryAfter)}.`;
    case 'denied_recently':
      return `An approver recently denied this request. Do not repeat it. If something changed, request again in ${formatDuration(refusal.retryAfter)}.`;
    case 'already_decided':
      return `This request is already ${refusal.status}.`;
    case 'wrong_door':
      return `The policy does not accept decisions from ${ENTRY_POINT[refusal.entryPoint]}. It accepts them from ${refusal.allowed.map((one) => ENTRY_POINT[one]).join(' or ')}.`;
    case 'grant_ended':
      return refusal.how === 'revoked'
        ? 'The access was revoked. Do not request it again on your own: inform your user, who can decide whether to.'
        : `The grant has ended (${GRANT_END[refusal.how]}). Request access again if it is still needed.`;
    case 'needs_value':
      return `There is no value to store. ${refusal.generate ? 'If a random token will do, call again with "generate": {}. If only your user knows the value, ask your user' : 'Ask your user'} to run this command, which asks for the value where no AI tool can see it: ${refusal.command}`;
    case 'approval_required':
      if (refusal.pending)
        return `Your request ${refusal.pending} for this is pending: wait for the decision, and do not request it again.`;
      return refusal.refusedIn
        ? `An approver did not grant this in your request ${refusal.refusedIn}. Do not request it again, unless your user wants you to: work without it, or inform your user.`
        : 'There is no active grant for this resource. Call request-access first, then wait for the decision.';
    case 'shown_once':
      return `An earlier call with this idempotency key already created ${refusal.made} and showed it once. It cannot be shown again. If you no longer have it, create another with a new idempotency key (revoke a lost API key first).`;
    case 'not_allowed':
      return `This needs ${refusal.needs}.`;
    default:
      return PLAIN[refusal.code];
  }
}
