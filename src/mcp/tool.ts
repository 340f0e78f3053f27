/** What a tool is, and how it is offered to one caller for one request. */

import type {
  InputResponses,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { ok, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { type Answer, answer } from './answer.js';
import { claimedClient } from './claimed-client.js';
import { type Person, personAt, type Question, shownInEnvelope } from './elicitation.js';
import { takesTasks } from './extensions.js';
import type { ReportFault } from './fault.js';
import type { CallBack } from './legacy-elicitation.js';
import type { ToolName } from './next-step.js';
import { createProgress, type Progress } from './progress.js';
import { described, problemOf } from './published-schema.js';
import type { Session } from './session.js';

/** Who came with this HTTP request, and until when it may take. */
export interface RequestContext {
  readonly caller: Caller;
  /** Aborts when the server stops, or the call is taken back: whoever waits then gets their answer now. */
  readonly leaving: AbortSignal;
  /** What a client of an older protocol said of itself; a newer one says it in each request. */
  readonly session?: Session | undefined;
}

/** What a tool knows about one call beside its arguments. */
export interface ToolContext {
  readonly caller: Caller;
  /** The client's own word for itself: shown as its claim, decides nothing. */
  readonly claimedClient?: string | undefined;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
  /** Present when the client asked for progress. */
  readonly progress?: Progress | undefined;
  /** The client can take a task instead of the answer, and ask for that later. */
  readonly takesTasks: boolean;
  /** Who sits at the tool, where their client lets them be asked. */
  readonly person: Person;
}

/** The static face of a tool and the verb behind it. */
export interface ToolDefinition<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: ToolName;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** What is accepted. */
  readonly input: In;
  /** What clients are told to send, where that is more than what is accepted. */
  readonly told?: z.ZodObject;
  readonly output: Out;
  run(input: z.output<In>, toolContext: ToolContext): Promise<Answer<z.input<Out>> | Question>;
}

export interface Tool {
  readonly name: ToolName;
  /** Offers the tool on a server that lives for one request of this guest. */
  register(server: McpServer, requestContext: RequestContext, parts: ToolParts): void;
}

export interface ToolParts {
  readonly report: ReportFault;
  readonly callBack: CallBack;
}

/** Schemas become JSON here, once. */
export function defineTool<In extends z.ZodObject, Out extends z.ZodObject>(
  definition: ToolDefinition<In, Out>,
): Tool {
  const { name, title, description, annotations, input, told = input, output, run } = definition;
  const face = {
    title,
    description,
    annotations: { ...annotations, openWorldHint: false },
    inputSchema: described(told),
    outputSchema: described(output),
  };

  async function judge(given: unknown, toolContext: ToolContext) {
    const read = input.safeParse(given);
    if (!read.success) return refused({ code: 'invalid_input', problem: problemOf(read.error) });
    const found = await run(read.data, toolContext);
    if (!('ok' in found) || !found.ok) return found;
    return { ...ok(output.parse(found.value)), task: found.task };
  }

  /** Asks in the middle of the call, as often as the tool has questions; each of them it asks once. */
  async function judgeAsking(
    given: unknown,
    toolContext: ToolContext,
    { shows }: Session,
    ask: Ask,
  ) {
    let found = await judge(given, toolContext);
    for (let said: InputResponses = {}; 'ask' in found; ) {
      said = { ...said, ...(await ask(found.ask)) };
      found = await judge(given, { ...toolContext, person: personAt(shows, said) });
    }
    return found;
  }

  return {
    name,
    register(server, requestContext, { report, callBack }) {
      server.registerTool(name, face, (given, { mcpReq }) => {
        const session = mcpReq.envelope ? undefined : requestContext.session;
        const toolContext = toolContextOf({ ...requestContext, session }, mcpReq);
        const ask: Ask = (asked) => callBack(asked, { ...toolContext, server, call: mcpReq.id });
        return answer(
          () =>
            session ? judgeAsking(given, toolContext, session, ask) : judge(given, toolContext),
          (fault) => report(fault, name),
        );
      });
    },
  };
}

type Ask = (asked: Question['ask']) => Promise<InputResponses>;

function toolContextOf(
  { caller, leaving, session }: RequestContext,
  mcpReq: ServerContext['mcpReq'],
): ToolContext {
  const { envelope, signal, inputResponses } = mcpReq;
  return {
    caller,
    claimedClient: session?.client ?? claimedClient(envelope),
    signal: AbortSignal.any([signal, leaving]),
    progress: createProgress(mcpReq),
    takesTasks: takesTasks(envelope),
    person: personAt(session?.shows ?? shownInEnvelope(envelope), inputResponses),
  };
}
