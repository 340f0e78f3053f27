/**
 * Questions to the people at clients of protocol 2025-11-25 and older: sent on the stream of the call that waits for the answer, which
 * comes in a request of its own, perhaps to another process.
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
import { type Progress, tellWaiting } from './progress.js';

/** The call that needs the answer. */
export interface Asker {
  readonly server: McpServer;
  readonly call: RequestId;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly progress?: Progress | undefined;
}

/** Resolves with an answer for every question: what is declined, not in time or not readable is a cancelled one. */
export type CallBack = (ask: InputRequests, asker: Asker) => Promise<InputResponses>;

/** Milliseconds, shorter than the time limit of every client's call: nobody hears of an answer that comes later. */
const ANSWER_WITHIN = WAIT_DEFAULT_SECONDS * SECOND;

const UNANSWERED = { action: 'cancel' } as const;

/** `within`: milliseconds to wait for an answer. */
export function createCallBack(askToolUser: AskToolUser, within = ANSWER_WITHIN): CallBack {
  async function answerTo(request: InputRequest, asker: Asker): Promise<InputResponses[string]> {
    const put = (id: string) => send(request, id, asker);
    // An address is offered, and the call goes on: whether they open it changes nothing.
    if (isOfAddress(request)) {
      await put(askToolUser.newId());
      return UNANSWERED;
    }
    const { caller, signal, progress } = asker;
    const onWait = progress && tellWaiting(progress, WAIT_DEFAULT_SECONDS, 'you');
    const answer = await askToolUser.ask(caller, { ask: put, ms: within, signal, onWait });
    return answered.safeParse(answer).data ?? UNANSWERED;
  }

  return async (ask, asker) => {
    const answers: [string, InputResponses[string]][] = [];
    for (const [key, request] of Object.entries(ask))
      answers.push([key, await answerTo(request, asker)]);
    return Object.fromEntries(answers);
  };
}

const isOfAddress = ({ params }: InputRequest) => params !== undefined && 'url' in params;

/** Past the SDK's own way of asking: it counts its requests from 0 in each server, and would wait for the answer in this one alone. */
async function send(request: InputRequest, id: string, { server, call }: Asker): Promise<void> {
  const params = isOfAddress(request)
    ? { ...request.params, mode: 'url', elicitationId: id }
    : request.params;
  await server.server.transport?.send(
    { jsonrpc: '2.0', id, method: request.method, params },
    { relatedRequestId: call },
  );
}

/** Characters: more than the longest reason. */
const ANSWER_MAX = 20_000;

/** What a question of ours can use of an answer. */
const answered = z
  .object({
    action: z.enum(['accept', 'decline', 'cancel']),
    content: z.record(z.string(), z.string()).optional(),
  })
  .refine((answer) => JSON.stringify(answer).length <= ANSWER_MAX);

const reply = z.object({
  id: z.templateLiteral(['ask_', z.string().regex(/^[0-9A-Za-z]{22}$/)]),
  method: z.undefined().optional(),
  result: answered.catch(UNANSWERED).default(UNANSWERED),
});

export interface Reply {
  readonly id: ElicitationId;
  readonly answer: z.output<typeof answered>;
}

/** An answer to a question of this kind, also one that is an error or of no use. Undefined for every other message. */
export function readReply(message: unknown): Reply | undefined {
  const read = reply.safeParse(message).data;
  return read && { id: read.id, answer: read.result };
}
