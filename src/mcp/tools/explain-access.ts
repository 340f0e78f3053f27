/** `explain-access`: shows in advance how a request would be decided and for how long, never who decides. */

import { z } from 'zod';
import { duration, operation, uri } from '../../contract/fields.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_MIN } from '../../domain/limits.js';
import { ok, refused } from '../../domain/result.js';
import type { ExplainAccess, Explanation } from '../../usecases/policies/explain-access.js';
import { next } from '../next-step.js';
import { defineTool } from '../tool.js';

const input = z.strictObject({
  resource: uri,
  operation,
  duration: duration.optional(),
});

type Input = z.output<typeof input>;

const output = z.object({
  outcome: z
    .enum(['needs_approval', 'granted', 'refused'])
    .describe(
      '"needs_approval": a person would have to decide. "granted": the request would be granted at once. "refused": the request would be refused; the message explains why.',
    ),
  code: z.string().optional().describe('The code of the refusal.'),
  message: z.string().describe('The explanation.'),
  duration: z.string().optional().describe('How long the access would last.'),
  max_duration: z.string().optional().describe('The longest duration you may request.'),
  min_reason_length: z
    .int()
    .optional()
    .describe('How many characters the reason must have. Absent if no reason is needed.'),
  held: z.array(z.string()).optional().describe('Auto-approval conditions that are met now.'),
  failed: z.array(z.string()).optional().describe('Auto-approval conditions that are not met now.'),
  requests_left: z
    .object({ pending: z.int(), this_hour: z.int() })
    .optional()
    .describe('How many more requests that need a person this key may make.'),
  next: next.optional(),
});

export const createExplainAccessTool = (explainAccess: ExplainAccess) =>
  defineTool({
    name: 'explain-access',
    title: 'Explain how a request would be decided',
    scope: 'access:request',
    description:
      'Shows whether request-access would grant, ask a person or refuse. It contacts no person.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run(request, { caller }) {
      const { resource, operation: requestedOperation } = request;
      const ms = request.duration === undefined ? undefined : parseDuration(request.duration);
      if (request.duration !== undefined && ms === undefined)
        return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
      const answer = await explainAccess(caller, {
        resource,
        operation: requestedOperation,
        duration: ms,
      });
      return answer.ok ? ok(toOutput(answer.value, request)) : answer;
    },
  });

function toOutput(explanation: Explanation, request: Input): z.input<typeof output> {
  const { outcome, refusal, why, rules, report, limits } = explanation;
  return {
    outcome: outcome === 'asked' ? 'needs_approval' : outcome,
    code: refusal?.code,
    message: why,
    duration: explanation.duration === undefined ? undefined : formatDuration(explanation.duration),
    max_duration: rules && formatDuration(rules.maxDuration),
    min_reason_length: rules?.minReasonLength,
    held: report?.held.map(({ text }) => text),
    failed: report?.failed.map(({ text }) => text),
    requests_left: limits && requestsLeft(limits),
    next: outcome === 'refused' ? undefined : requestFor(request),
  };
}

function requestsLeft({
  pending,
  maxPending,
  lastHour,
  maxPerHour,
}: NonNullable<Explanation['limits']>) {
  return {
    pending: Math.max(0, maxPending - pending),
    this_hour: Math.max(0, maxPerHour - lastHour),
  };
}

function requestFor({ resource, operation: requestedOperation, duration: requested }: Input) {
  const optional = requested === undefined ? {} : { duration: requested };
  const args = { resources: [resource], operation: requestedOperation, ...optional };
  return { tool: 'request-access', arguments: args } as const;
}
