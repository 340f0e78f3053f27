/**
 * Elicitation for clients of protocol 2025-11-25 and older. The server sends the question on the stream of the call that needs the answer;
 * the client answers in a separate request, which may reach another process.
 * https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation
 */

import type {
  InputRequest,
  InputRequests,
  InputResponses,
  McpServer,
  RequestId,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { SECOND, WAIT_DEFAULT_SECONDS } from '../domain/limits.js';
import type { Caller } from '../domain/rights.js';
import type { ElicitationId } from '../ports/index.js';
import type { AskToolUser } from '../usecases/approvals/ask-tool-user.js';
import { type Progress, reportWaiting } from './progress.js';

/** The call that needs the answer. */
export interface WaitingCall {
  readonly server: McpServer;
  readonly id: RequestId;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly progress?: Progress | undefined;
}

/** Resolves with an answer for every question. A declined, late or unreadable answer counts as cancelled. */
export type ElicitDuringCall = (
  questions: InputRequests,
  call: WaitingCall,
) => Promise<InputResponses>;

/** Milliseconds. Shorter than the time limit that every known client sets for a call, so that the client still gets the result. */
const ANSWER_TIMEOUT = WAIT_DEFAULT_SECONDS * SECOND;

const UNANSWERED = { action: 'cancel' } as const;

/** `timeoutMs`: milliseconds to wait for an answer. */
export function createElicitDuringCall(
  askToolUser: Pick<AskToolUser, 'ask' | 'newId'>,
  timeoutMs = ANSWER_TIMEOUT,
): ElicitDuringCall {
  async function answerTo(
    question: InputRequest,
    call: WaitingCall,
  ): Promise<InputResponses[string]> {
    const sendQuestion = (id: string) => send(question, id, call);
    // The call does not wait for a link: whether the user opens it changes nothing.
    if (isLink(question)) {
      await sendQuestion(askToolUser.newId());
      return UNANSWERED;
    }
    const { caller, signal, progress } = call;
    const onWait = progress && reportWaiting(progress, WAIT_DEFAULT_SECONDS, 'you');
    const answer = await askToolUser.ask(caller, {
      ask: sendQuestion,
      ms: timeoutMs,
      signal,
      onWait,
    });
    return answerSchema.safeParse(answer).data ?? UNANSWERED;
  }

  return async (questions, call) => {
    const answers: [string, InputResponses[string]][] = [];
    for (const [key, question] of Object.entries(questions))
      answers.push([key, await answerTo(question, call)]);
    return Object.fromEntries(answers);
  };
}

const isLink = ({ params }: InputRequest) => params !== undefined && 'url' in params;

/**
 * Bypasses the SDK's own elicitation: the SDK numbers its requests from 0 in each server, and accepts an answer only in the process that
 * asked.
 */
async function send(
  question: InputRequest,
  id: string,
  { server, id: relatedRequestId }: WaitingCall,
): Promise<void> {
  const params = isLink(question)
    ? { ...question.params, mode: 'url', elicitationId: id }
    : question.params;
  await server.server.transport?.send(
    { jsonrpc: '2.0', id, method: question.method, params },
    { relatedRequestId },
  );
}

/** Characters: more than the longest reason. */
const ANSWER_MAX = 20_000;

/** The answers that vsecure's questions can use. */
const answerSchema = z
  .object({
    action: z.enum(['accept', 'decline', 'cancel']),
    content: z.record(z.string(), z.string()).optional(),
  })
  .refine((answer) => JSON.stringify(answer).length <= ANSWER_MAX);

const reply = z.object({
  id: z.templateLiteral(['ask_', z.string().regex(/^[0-9A-Za-z]{22}$/)]),
  method: z.undefined().optional(),
  result: answerSchema.catch(UNANSWERED).default(UNANSWERED),
});

export interface ElicitationReply {
  readonly id: ElicitationId;
  readonly answer: z.output<typeof answerSchema>;
}

/** Reads a client's reply to such a question; an error or an unusable answer counts as cancelled. Undefined for any other message. */
export function readElicitationReply(message: unknown): ElicitationReply | undefined {
  const parsed = reply.safeParse(message).data;
  return parsed && { id: parsed.id, answer: parsed.result };
}
