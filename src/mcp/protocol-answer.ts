/** How everything but a tool answers: a result, or a protocol error that repeats nothing of what was sent. */

import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** −32602. `problem` is sent as it is: it must not hold what the client said. */
export const invalidParams = (problem: string): ProtocolError =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, problem);

/** Runs `work`; what it throws beside protocol errors is noted by `report`, and the client gets the reference alone. */
export async function protocolAnswer<T>(
  work: () => Promise<T>,
  report: (fault: unknown) => string,
): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof ProtocolError) throw fault;
    const words = `internal error, reference ${report(fault)}`;
    throw new ProtocolError(ProtocolErrorCode.InternalError, words);
  }
}
