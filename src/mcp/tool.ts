/** What a tool is, and how the server registers it for one caller and one request. */

import type {
  InputResponses,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { ok, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { Scope } from '../domain/vocabulary.js';
import { claimedClient } from './claimed-client.js';
import type { ElicitDuringCall } from './elicit-during-call.js';
import { takesTasks } from './extensions.js';
import type { ReportFault } from './fault.js';
import type { ToolName } from './next-step.js';
import { createProgress, type Progress } from './progress.js';
import { problemOf, publishedSchema } from './published-schema.js';
import type { Session } from './session.js';
import { type Answer, answer } from './tool-answer.js';
import {
  createToolUser,
  elicitationSupportInEnvelope,
  type ToolUser,
  type UserQuestion,
} from './tool-user.js';

/** The sender of an HTTP request, and the signal that ends the request. */
export interface RequestContext {
  readonly caller: Caller;
  /** Aborts when the server stops or the client cancels the call. A waiting call then answers at once. */
  readonly stopSignal: AbortSignal;
  /** What a client of an older protocol reported in `initialize`. A newer client reports it in each request. */
  readonly session?: Session | undefined;
}

/** What a tool knows about one call, apart from its arguments. */
export interface ToolContext {
  readonly caller: Caller;
  /** The name that the client reports about itself. The card shows it as self-reported; it decides nothing. */
  readonly claimedClient?: string | undefined;
  /** Aborts when the client disconnects or cancels the call, or the server stops. */
  readonly signal: AbortSignal;
  /** Present when the client asked for progress. */
  readonly progress?: Progress | undefined;
  /** The client accepts a task instead of the answer, and polls for the answer later. */
  readonly takesTasks: boolean;
  /** The user of the AI tool, for questions that the client can show. */
  readonly user: ToolUser;
}

/** The metadata of a tool and the function behind it. */
export interface ToolDefinition<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: ToolName;
  readonly title: string;
  /** A key without this scope can never use the tool, so the list of tools leaves it out. */
  readonly scope: Scope;
  /** One line, because every model pays for it in every conversation. */
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** What the tool accepts. */
  readonly input: In;
  /** The schema that clients see, where it differs from what the tool accepts. */
  readonly publishedInput?: z.ZodObject;
  readonly output: Out;
  run(input: z.output<In>, toolContext: ToolContext): Promise<Answer<z.input<Out>> | UserQuestion>;
}

export interface Tool {
  readonly name: ToolName;
  readonly scope: Scope;
  /** Registers the tool on a server that lives for one request of this caller. */
  register(server: McpServer, requestContext: RequestContext, parts: ToolParts): void;
}

export interface ToolParts {
  readonly report: ReportFault;
  readonly elicitDuringCall: ElicitDuringCall;
}

/** Converts the schemas to JSON Schema once, not for every request. */
export function defineTool<In extends z.ZodObject, Out extends z.ZodObject>(
  definition: ToolDefinition<In, Out>,
): Tool {
  const { name, scope, title, description, annotations, input, output, run } = definition;
  const metadata = {
    title,
    description,
    annotations: { ...annotations, openWorldHint: false },
    inputSchema: publishedSchema(definition.publishedInput ?? input),
    outputSchema: publishedSchema(output),
  };

  async function runTool(args: unknown, toolContext: ToolContext) {
    const parsed = input.safeParse(args);
    if (!parsed.success)
      return refused({ code: 'invalid_input', problem: problemOf(parsed.error) });
    const outcome = await run(parsed.data, toolContext);
    if (!('ok' in outcome) || !outcome.ok) return outcome;
    return { ...ok(output.parse(outcome.value)), task: outcome.task };
  }

  /** Asks the user during the call, and runs the tool again with each answer. The tool asks each question only once. */
  async function runToolWithQuestions(
    args: unknown,
    toolContext: ToolContext,
    { elicitation }: Session,
    ask: Ask,
  ) {
    let outcome = await runTool(args, toolContext);
    for (let responses: InputResponses = {}; 'inputRequests' in outcome; ) {
      responses = { ...responses, ...(await ask(outcome.inputRequests)) };
      const user = createToolUser(elicitation, responses);
      outcome = await runTool(args, { ...toolContext, user });
    }
    return outcome;
  }

  return {
    name,
    scope,
    register(server, requestContext, { report, elicitDuringCall }) {
      server.registerTool(name, metadata, (args, { mcpReq }) => {
        const session = mcpReq.envelope ? undefined : requestContext.session;
        const toolContext = toolContextOf({ ...requestContext, session }, mcpReq);
        const ask: Ask = (questions) =>
          elicitDuringCall(questions, { ...toolContext, server, id: mcpReq.id });
        return answer(
          () =>
            session
              ? runToolWithQuestions(args, toolContext, session, ask)
              : runTool(args, toolContext),
          (fault) => report(fault, name),
        );
      });
    },
  };
}

type Ask = (questions: UserQuestion['inputRequests']) => Promise<InputResponses>;

function toolContextOf(
  { caller, stopSignal, session }: RequestContext,
  mcpReq: ServerContext['mcpReq'],
): ToolContext {
  const { envelope, signal, inputResponses } = mcpReq;
  const support = session?.elicitation ?? elicitationSupportInEnvelope(envelope);
  return {
    caller,
    claimedClient: session?.client ?? claimedClient(envelope),
    signal: AbortSignal.any([signal, stopSignal]),
    progress: createProgress(mcpReq),
    takesTasks: takesTasks(envelope),
    user: createToolUser(support, inputResponses),
  };
}
