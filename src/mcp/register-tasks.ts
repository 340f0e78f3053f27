/** `tasks/get`, `tasks/update` and `tasks/cancel`, for requests that declare the tasks extension. Without its caller a task does not exist. */

import type { McpServer, ServerContext, StandardSchemaV1 } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { approvalId } from '../contract/fields.js';
import type { Caller } from '../domain/rights.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import { success } from './answer.js';
import { EXTENSIONS, takesTasks, tasksNotDeclared } from './extensions.js';
import type { ReportFault } from './fault.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { taskOf } from './task.js';
import type { RequestContext } from './tool.js';
import { showDecision } from './tools/wait-for-decision.js';

/** On a server of protocol 2026-07-28: what the one before calls tasks is another thing. */
export function offerTasks(
  { server }: McpServer,
  waitForDecision: WaitForDecision,
  { caller }: RequestContext,
  report: ReportFault,
): void {
  server.registerCapabilities({ extensions: EXTENSIONS });
  const offer = (method: string, answer: (task: object) => object) =>
    server.setRequestHandler(method, { params: ANYTHING }, (params, { mcpReq }: ServerContext) =>
      protocolAnswer(
        async () => {
          if (!takesTasks(mcpReq.envelope)) throw tasksNotDeclared();
          const task = await findTask(waitForDecision, caller, params);
          if (!task) throw invalidParams('There is no such task, or it is not yours');
          return { ...answer(task) };
        },
        (fault) => report(fault, 'tasks'),
      ),
    );

  offer('tasks/get', (task) => task);
  // A task never asks for anything, so whatever is said to it is ignored, as the extension wants it.
  offer('tasks/update', () => ({}));
  // There is no wait to be ended: nobody waits between two looks. The request itself stays, for it may have others who wait.
  offer('tasks/cancel', () => ({}));
}

/** The SDK would answer a failed check in words that can repeat what was sent. */
const ANYTHING: StandardSchemaV1<unknown> = {
  '~standard': { version: 1, vendor: 'vsecure', validate: (value) => ({ value }) },
};

const named = z.object({ taskId: approvalId });

async function findTask(waitForDecision: WaitForDecision, caller: Caller, params: unknown) {
  const read = named.safeParse(params);
  if (!read.success) return undefined;
  const found = await waitForDecision(caller, read.data.taskId, { ms: 0 });
  if (!found.ok) return undefined;
  const task = taskOf(found.value.approval);
  if (task.status === 'working') return task;
  return { ...task, result: success(showDecision(found.value)) };
}
