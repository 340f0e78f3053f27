/** `explain-access`: what a request would meet. Says how it would go and for how long, never who decides. */

import { z } from 'zod';
import { duration, operation, uri } from '../../contract/fields.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { DURATION_MIN } from '../../domain/limits.js';
import { refused } from '../../domain/result.js';
import type { ExplainAccess, Explanation } from '../../usecases/policies/explain-access.js';
import { next } from '../next-step.js';
import { defineTool } from '../tool.js';

const input = z.strictObject({
  resource: uri.describe(
    'One full resource URI or pattern, for example vsecure://secrets/production/DATABASE_URL.',
  ),
  operation: operation.describe('As in request-access.'),
  duration: duration.optional().describe('As in request-access. Default: set by the policy.'),
});

type Input = z.output<typeof input>;

const output = z.object({
  outcome: z
    .enum(['asked', 'granted', 'refused'])
    .describe(
      '"asked": a person would have to decide. "granted": it would be granted at once. "refused": asking like this is of no use; the message says why.',
    ),
  code: z.string().optional().describe('Of the refusal.'),
  message: z.string().describe('Why, in words.'),
  duration: z.string().optional().describe('How long the access would last.'),
  max_duration: z.string().optional().describe('The longest that may be asked for.'),
  min_reason_length: z
    .int()
    .optional()
    .describe('Characters that the reason must have; absent where none is needed.'),
  held: z.array(z.string()).optional().describe('Conditions of auto-approval that hold now.'),
  failed: z.array(z.string()).optional().describe('Those that do not hold now.'),
  requests_left: z
    .object({ pending: z.int(), this_hour: z.int() })
    .optional()
    .describe('How many more requests this key may make of people.'),
  next: next.optional(),
});

export const createExplainAccessTool = (explainAccess: ExplainAccess) =>
  defineTool({
    name: 'explain-access',
    title: 'Explain what a request would meet',
    description: `Says what request-access would answer you now for one resource: granted at once, left to a person, or refused and why; for how long, and how long a reason must be. It asks nobody, grants nothing and leaves no request behind. Use it to choose the right duration, or to tell your user what to expect; it is not needed before request-access.`,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run(asked, { caller }) {
      const { resource, operation: wanted } = asked;
      const ms = asked.duration === undefined ? undefined : parseDuration(asked.duration);
      if (asked.duration !== undefined && ms === undefined)
        return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
      const answer = await explainAccess(caller, { resource, operation: wanted, duration: ms });
      return answer.ok ? { ok: true, value: show(answer.value, asked) } : answer;
    },
  });

function show(found: Explanation, asked: Input): z.input<typeof output> {
  const { outcome, refusal, why, rules, report, limits } = found;
  return {
    outcome,
    code: refusal?.code,
    message: why,
    duration: found.duration === undefined ? undefined : formatDuration(found.duration),
    max_duration: rules && formatDuration(rules.maxDuration),
    min_reason_length: rules?.minReasonLength,
    held: report?.held.map(({ text }) => text),
    failed: report?.failed.map(({ text }) => text),
    requests_left: limits && left(limits),
    next: outcome === 'refused' ? undefined : requestFor(asked),
  };
}

function left({ pending, maxPending, lastHour, maxPerHour }: NonNullable<Explanation['limits']>) {
  return {
    pending: Math.max(0, maxPending - pending),
    this_hour: Math.max(0, maxPerHour - lastHour),
  };
}

function requestFor({ resource, operation: wanted, duration: asked }: Input) {
  const more = asked === undefined ? {} : { duration: asked };
  const whole = { resources: [resource], operation: wanted, ...more };
  return { tool: 'request-access', arguments: whole } as const;
}
