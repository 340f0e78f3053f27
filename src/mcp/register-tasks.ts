/** Registers `tasks/get`, `tasks/update` and `tasks/cancel`, for requests that declare the tasks extension. A caller finds only its own tasks. */

import type { McpServer, ServerContext, StandardSchemaV1 } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { approvalId } from '../contract/fields.js';
import type { Caller } from '../domain/rights.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import { EXTENSIONS, takesTasks, tasksNotDeclared } from './extensions.js';
import type { ReportFault } from './fault.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { taskOf } from './task.js';
import type { RequestContext } from './tool.js';
import { success } from './tool-answer.js';
import { decisionOutput } from './tools/wait-for-decision.js';

/** Only for protocol 2026-07-28: in the previous version a task is something else. */
export function registerTasks(
  { server }: McpServer,
  waitForDecision: WaitForDecision,
  { caller }: RequestContext,
  report: ReportFault,
): void {
  server.registerCapabilities({ extensions: EXTENSIONS });
  const register = (method: string, answer: (task: object) => object) =>
    server.setRequestHandler(method, { params: ANYTHING }, (params, { mcpReq }: ServerContext) =>
      protocolAnswer(
        async () => {
          if (!takesTasks(mcpReq.envelope)) throw tasksNotDeclared();
          const task = await findTask(waitForDecision, caller, params);
          if (!task) throw invalidParams('Task not found, or you have no access');
          return { ...answer(task) };
        },
        (fault) => report(fault, 'tasks'),
      ),
    );

  register('tasks/get', (task) => task);
  // A task never asks for input, so input is ignored, as the extension requires.
  register('tasks/update', () => ({}));
  // There is no wait to end: nothing runs between two polls. The request stays pending, because other callers may wait for it.
  register('tasks/cancel', () => ({}));
}

/** Accepts everything: the SDK's own message for a failed check could repeat the input. */
const ANYTHING: StandardSchemaV1<unknown> = {
  '~standard': { version: 1, vendor: 'vsecure', validate: (value) => ({ value }) },
};

const taskParams = z.object({ taskId: approvalId });

async function findTask(waitForDecision: WaitForDecision, caller: Caller, params: unknown) {
  const parsed = taskParams.safeParse(params);
  if (!parsed.success) return undefined;
  const access = await waitForDecision(caller, parsed.data.taskId, { ms: 0 });
  if (!access.ok) return undefined;
  const task = taskOf(access.value.approval);
  if (task.status === 'working') return task;
  return { ...task, result: success(decisionOutput(access.value)) };
}
