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
      'Such as vsecure://secrets/production/DATABASE_URL, or patterns: * is one segment, a final ** any depth.',
    ),
  operation: operation.describe('write: create, update, rotate'),
  reason: reason.describe('Why, in a sentence that a person can judge.'),
  duration: duration.optional().describe('Such as 30m or 1h30m. Default: the policy decides.'),
  renew: z.boolean().optional().describe('Request again although a grant covers this.'),
  ...idempotencyShape,
});

/** Accepts a missing reason: the policy decides whether one is required, and the user of the tool may still give it. */
const input = publishedInput.extend({ reason: reason.default('') });

type Input = Omit<z.output<typeof input>, 'idempotency_key'>;

export const createRequestAccessTool = (requestAccess: RequestAccess) =>
  defineTool({
    name: 'request-access',
    title: 'Request access to secrets',
    scope: 'access:request',
    description:
      'Requests access; answers at once. "approved": follow next. "pending": a person decides, call wait-for-decision. Request once all that the task needs, and no more.',
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
