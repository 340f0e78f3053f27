/** What a tool is, and how it is offered to one caller for one request. */

import type { McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Caller } from '../domain/rights.js';
import { type Answer, answer } from './answer.js';
import { claimedClient } from './claimed-client.js';
import { described, problemOf } from './described.js';
import type { ReportFault } from './fault.js';
import type { ToolName } from './next.js';
import { createProgress, type Progress } from './progress.js';

/** Who came with this HTTP request, and until when it may take. */
export interface Guest {
  readonly caller: Caller;
  /** Aborts when the server stops: whoever waits then gets their answer now. */
  readonly leaving: AbortSignal;
}

/** What a tool knows about one call beside its arguments. */
export interface Visit {
  readonly caller: Caller;
  /** The client's own word for itself: shown as its claim, decides nothing. */
  readonly claimedClient?: string | undefined;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
  /** Present when the client asked for progress. */
  readonly progress?: Progress | undefined;
}

/** The static face of a tool and the verb behind it. */
export interface ToolDefinition<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: ToolName;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: In;
  readonly output: Out;
  run(input: z.output<In>, visit: Visit): Promise<Answer<z.input<Out>>>;
}

export interface Tool {
  readonly name: ToolName;
  /** Offers the tool on a server that lives for one request of this guest. */
  register(server: McpServer, guest: Guest, report: ReportFault): void;
}

/** Schemas become JSON here, once. */
export function defineTool<In extends z.ZodObject, Out extends z.ZodObject>(
  definition: ToolDefinition<In, Out>,
): Tool {
  const { name, title, description, annotations, input, output, run } = definition;
  const face = {
    title,
    description,
    annotations: { ...annotations, openWorldHint: false },
    inputSchema: described(input),
    outputSchema: described(output),
  };

  async function judge(given: unknown, visit: Visit): Promise<Answer<Record<string, unknown>>> {
    const read = input.safeParse(given);
    if (!read.success)
      return { ok: false, refusal: { code: 'invalid_input', problem: problemOf(read.error) } };
    const found = await run(read.data, visit);
    return found.ok ? { ok: true, value: output.parse(found.value) } : found;
  }

  return {
    name,
    register(server, guest, report) {
      server.registerTool(name, face, (given, context) =>
        answer(
          () => judge(given, visitOf(guest, context)),
          (fault) => report(fault, name),
        ),
      );
    },
  };
}

function visitOf({ caller, leaving }: Guest, { mcpReq }: ServerContext): Visit {
  return {
    caller,
    claimedClient: claimedClient(mcpReq.envelope),
    signal: AbortSignal.any([mcpReq.signal, leaving]),
    progress: createProgress(mcpReq),
  };
}
