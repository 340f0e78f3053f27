/** How every method but a tool call answers: with a result, or with a protocol error that repeats nothing the client sent. */

import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { ReportedFault } from './fault.js';

/** −32602. The client gets `problem` unchanged, so it must not repeat the client's input. */
export const invalidParams = (problem: string): ProtocolError =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, problem);

/** Runs `work`. `report` logs an error that is not a protocol error, and the client gets only what it returns. */
export async function protocolAnswer<T>(
  work: () => Promise<T>,
  report: (fault: unknown) => ReportedFault,
): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof ProtocolError) throw fault;
    const { message } = report(fault);
    throw new ProtocolError(ProtocolErrorCode.InternalError, message);
  }
}
