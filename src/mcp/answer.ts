/** The one way in which every tool answers: a result, a refusal, a question back, or an internal error that says nothing but its reference. */

import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
} from '@modelcontextprotocol/server';
import { explain, type Refusal } from '../domain/refusal.js';
import type { RefusalCode } from '../domain/vocabulary.js';
import type { Question } from './elicitation.js';
import type { Next } from './next-step.js';
import type { Task } from './task.js';

/** What a tool found out. */
export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Where this is not the answer yet, and the client can ask for it later. */
      readonly task?: Task | undefined;
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly next?: Next | undefined };

interface ToolError {
  readonly code: RefusalCode | 'internal';
  readonly message: string;
  readonly next?: Next | undefined;
}

/**
 * Never throws: the SDK sends the message of whatever a tool throws to the model. `report` notes a fault and gives its
 * reference.
 */
export async function answer(
  work: () => Promise<Answer<Record<string, unknown>> | Question>,
  report: (fault: unknown) => string,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    const found = await work();
    if ('ask' in found) return inputRequired({ inputRequests: found.ask });
    return found.ok
      ? success(found.value, found.task)
      : failure(whatToSay(found.refusal, found.next));
  } catch (fault) {
    return failure({ code: 'internal', message: `internal error, reference ${report(fault)}` });
  }
}

const whatToSay = (refusal: Refusal, next?: Next): ToolError => ({
  code: refusal.code,
  message: explain(refusal),
  next,
});

/** The text is the structured content once more, for clients that read nothing else. */
export function success(structuredContent: Record<string, unknown>, task?: Task): CallToolResult {
  return {
    ...(task && { resultType: 'task', ...task }),
    content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
    structuredContent,
  };
}

/** Without structured content: 1.x clients throw when an error's does not match the output schema. */
function failure(error: ToolError): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error }) }] };
}
