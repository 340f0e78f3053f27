/** `request-access`: requests access. It answers at once and never waits for a person. */

import { z } from 'zod';
import { duration, operation, reason, uri } from '../../contract/fields.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_MIN, REASON_MAX, RESOURCES_MAX } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { ok, refused } from '../../domain/result.js';
import { type RequestAccess, requestContent } from '../../usecases/approvals/request-access.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import type { Next } from '../next-step.js';
import { defineTool } from '../tool.js';
import type { FormFields } from '../tool-user.js';
import { accessOutput, accessShape } from './approval-output.js';
import { idempotencyShape } from './idempotency-schema.js';

const publishedInput = z.strictObject({
  resources: z
    .array(uri)
    .min(1)
    .max(RESOURCES_MAX)
    .describe(
      'Full resource URIs, for example ["vsecure://secrets/production/DATABASE_URL"], or patterns such as vsecure://secrets/staging/*, where * stands for one segment and ** at the end for any depth. Name single resources where you can: a person judges how much you request. list-secrets shows the existing resources.',
    ),
  operation: operation.describe(
    '"read" to read values, "list" for metadata, "write" to create, update or rotate, "delete" to delete.',
  ),
  reason: reason.describe(
    'Why the task needs the access, in a sentence that a person can judge. The approvers read it.',
  ),
  duration: duration
    .optional()
    .describe(
      'How long you need the access once it is approved: 30m, 1h, 1h30m. Default: set by the policy.',
    ),
  renew: z
    .boolean()
    .optional()
    .describe(
      'true makes a new request even if an active grant already covers this. Default: false.',
    ),
  ...idempotencyShape,
});

/** Accepts a missing reason: the policy decides whether one is required, and the user of the tool may still give it. */
const input = publishedInput.extend({ reason: reason.default('') });

type Input = Omit<z.output<typeof input>, 'idempotency_key'>;

export const createRequestAccessTool = (requestAccess: RequestAccess) =>
  defineTool({
    name: 'request-access',
    title: 'Request access to secrets',
    description: `Requests access to secrets, which you need before read-secret. A person decides in Slack. This call does not wait for the decision: it answers at once.
"approved": a policy allows it without a person, or one of your grants already covers it. Continue with "next".
"pending": call wait-for-decision with the approval_id.
Request everything that the task needs once, and nothing more. If you repeat a pending request, you get the same request back. All resources of one request must be under one policy: the error "mixed_policies" shows how to split the request. A pattern never covers resources under a stricter policy.
The number of requests is limited: the errors "too_many_pending", "too_many_requests" and "denied_recently" explain what to do. Do not retry before the time they name. A request stays pending until expires_at, usually for an hour. A grant lasts for the approved duration, starting when it is approved.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    publishedInput,
    output: z.object(accessShape),
    async run({ idempotency_key, ...request }, { caller, claimedClient, user }) {
      const milliseconds =
        request.duration === undefined ? undefined : parseDuration(request.duration);
      if (request.duration !== undefined && milliseconds === undefined)
        return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
      const access = {
        ...request,
        duration: milliseconds,
        typedReason: user.formAnswer('reason', reasonAnswer)?.reason,
        claimedClient,
      };
      const idempotencyKey = idempotencyKeyOf(caller, idempotency_key, requestContent(access));
      const answer = await requestAccess(caller, access, idempotencyKey);
      if (answer.ok) return ok(accessOutput(answer.value));
      const { refusal } = answer;
      const form =
        isAboutReason(refusal) &&
        user.form('reason', questionFor(request), reasonField(refusal.minimum));
      return form || { ...answer, next: nextStep(request, refusal) };
    },
  });

/** What the user of the tool writes into the form. */
const reasonAnswer = z.object({ reason });

const isAboutReason = (refusal: Refusal) =>
  refusal.code === 'reason_missing' || refusal.code === 'reason_too_short';

/** How many resources the question names; it only counts the others. */
const NAMED = 3;

function questionFor({ operation, resources }: Input): string {
  const more = resources.length - NAMED;
  const named = resources.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Your AI tool requests "${operation}" access to ${named}, but has not explained why. What is it for? The approvers read your answer.`;
}

const reasonField = (minLength: number): FormFields => ({
  type: 'object',
  properties: { reason: { type: 'string', title: 'Reason', minLength, maxLength: REASON_MAX } },
  required: ['reason'],
});

/** What to call instead: usually the same request, changed so that it is not refused for this reason. */
function nextStep({ resources, operation }: Input, refusal: Refusal): Next | undefined {
  const retry = (change: object): Next => ({
    tool: 'request-access',
    arguments: { resources, operation, ...change },
  });
  if (refusal.code === 'duration_too_long')
    return retry({ duration: formatDuration(refusal.maximum) });
  if (refusal.code === 'mixed_policies') return retry({ resources: refusal.groups[0] });
  // The agent chooses which request to wait for or to withdraw.
  if (refusal.code === 'too_many_pending') return { tool: 'wait-for-decision', arguments: {} };
  return undefined;
}
