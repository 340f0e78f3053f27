/** How every tool answers: with a result, a refusal, a question for the user, or an internal error that holds only a reference. */

import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
} from '@modelcontextprotocol/server';
import { explain, type Refusal } from '../domain/refusal.js';
import type { RefusalCode } from '../domain/vocabulary.js';
import type { ReportedFault } from './fault.js';
import type { Next } from './next-step.js';
import type { Task } from './task.js';
import type { UserQuestion } from './tool-user.js';

/** The outcome of a tool's run. */
export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Present when the outcome is not final and the client can poll for the final one. */
      readonly task?: Task | undefined;
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly next?: Next | undefined };

interface ToolError {
  readonly code: RefusalCode | 'internal';
  readonly message: string;
  readonly next?: Next | undefined;
}

/**
 * Never throws, because the SDK sends the message of a thrown error to the model. `report` logs the error and returns what
 * the client learns of it.
 */
export async function answer(
  work: () => Promise<Answer<Record<string, unknown>> | UserQuestion>,
  report: (fault: unknown) => ReportedFault,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    const outcome = await work();
    if ('inputRequests' in outcome) return inputRequired({ inputRequests: outcome.inputRequests });
    return outcome.ok
      ? success(outcome.value, outcome.task)
      : failure(toolErrorOf(outcome.refusal, outcome.next));
  } catch (fault) {
    return failure(report(fault));
  }
}

const toolErrorOf = (refusal: Refusal, next?: Next): ToolError => ({
  code: refusal.code,
  message: explain(refusal),
  next,
});

/** Repeats the structured content as text, for clients that read only text. */
export function success(structuredContent: Record<string, unknown>, task?: Task): CallToolResult {
  return {
    ...(task && { resultType: 'task', ...task }),
    content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
    structuredContent,
  };
}

/** Has no structured content: 1.x clients throw when the structured content of an error does not match the output schema. */
function failure(error: ToolError): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error }) }] };
}
