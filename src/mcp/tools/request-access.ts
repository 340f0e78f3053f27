/** `request-access`: ask for access. It answers at once and never waits for a person. */

import { z } from 'zod';
import { duration, operation, reason, uri } from '../../contract/fields.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_MIN, REASON_MAX, RESOURCES_MAX } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { refused } from '../../domain/result.js';
import { type RequestAccess, requestContent } from '../../usecases/approvals/request-access.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import type { Fields } from '../elicitation.js';
import type { Next } from '../next-step.js';
import { defineTool } from '../tool.js';
import { accessShape, showAccess } from './approval-output.js';
import { idempotencyShape } from './idempotency-schema.js';

const told = z.strictObject({
  resources: z
    .array(uri)
    .min(1)
    .max(RESOURCES_MAX)
    .describe(
      'Full resource URIs, for example ["vsecure://secrets/production/DATABASE_URL"], or patterns: in vsecure://secrets/staging/* the * is one segment, a last ** any depth. Name single resources where you can: a person judges how much you ask for. list-secrets shows what there is.',
    ),
  operation: operation.describe(
    '"read" to get values, "list" for metadata, "write" to create, update or rotate, "delete" to delete.',
  ),
  reason: reason.describe(
    'Why the task needs it, in a sentence that a person can judge. The approvers see it.',
  ),
  duration: duration
    .optional()
    .describe('How long it is needed once approved: 30m, 1h, 1h30m. Default: set by the policy.'),
  renew: z
    .boolean()
    .optional()
    .describe('true asks anew even though a live grant covers this. Default: false.'),
  ...idempotencyShape,
});

/** Whether a reason may be missing is for the policy to say, and the person at the tool can still give it. */
const input = told.extend({ reason: reason.default('') });

type Input = Omit<z.output<typeof input>, 'idempotency_key'>;

export const createRequestAccessTool = (requestAccess: RequestAccess) =>
  defineTool({
    name: 'request-access',
    title: 'Request access to secrets',
    description: `Asks for access to secrets; needed before read-secret. A person decides, in Slack, and this call does not wait for them: it answers at once.
"approved": a policy allows it without a person, or a grant of yours already covers it; go on with "next".
"pending": call wait-for-decision with the approval_id.
Ask once for everything that the task needs, and for nothing more. Repeating the same question while it is pending returns the same request. What one request names must be under one policy: "mixed_policies" says how to split it. A pattern never opens what a stricter policy below it guards.
How much you may ask is limited: "too_many_pending", "too_many_requests" and "denied_recently" say what to do; do not retry before the time they name. A request stays open until expires_at, usually an hour; a grant lasts for the duration that was approved, counted from the approval.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    told,
    output: z.object(accessShape),
    async run({ idempotency_key, ...asked }, { caller, claimedClient, person }) {
      const milliseconds = asked.duration === undefined ? undefined : parseDuration(asked.duration);
      if (asked.duration !== undefined && milliseconds === undefined)
        return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
      const ask = {
        ...asked,
        duration: milliseconds,
        typedReason: person.written('reason', typed)?.reason,
        claimedClient,
      };
      const repeat = idempotencyKeyOf(caller, idempotency_key, requestContent(ask));
      const answer = await requestAccess(caller, ask, repeat);
      if (answer.ok) return { ok: true, value: showAccess(answer.value) };
      const { refusal } = answer;
      const form =
        isOfReason(refusal) &&
        person.form('reason', questionFor(asked), reasonField(refusal.minimum));
      return form || { ...answer, next: mend(asked, refusal) };
    },
  });

/** What the person at the tool sends back. */
const typed = z.object({ reason });

const isOfReason = (refusal: Refusal) =>
  refusal.code === 'reason_missing' || refusal.code === 'reason_too_short';

/** Resources that a question names before it only counts them. */
const NAMED = 3;

function questionFor({ operation, resources }: Input): string {
  const more = resources.length - NAMED;
  const named = resources.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Your AI tool asks for "${operation}" access to ${named}, and does not say enough about why. What is it for? Whoever approves it reads your answer.`;
}

const reasonField = (minLength: number): Fields => ({
  type: 'object',
  properties: { reason: { type: 'string', title: 'Reason', minLength, maxLength: REASON_MAX } },
  required: ['reason'],
});

/** What to call instead: mostly the question that would not be refused for this reason. */
function mend({ resources, operation }: Input, refusal: Refusal): Next | undefined {
  const again = (change: object): Next => ({
    tool: 'request-access',
    arguments: { resources, operation, ...change },
  });
  if (refusal.code === 'duration_too_long')
    return again({ duration: formatDuration(refusal.maximum) });
  if (refusal.code === 'mixed_policies') return again({ resources: refusal.groups[0] });
  // Which one to wait for, or to withdraw, is the agent's to know.
  if (refusal.code === 'too_many_pending') return { tool: 'wait-for-decision', arguments: {} };
  return undefined;
}
