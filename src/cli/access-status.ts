/** What the status of a request means for the commands that use its access, and the one way in which they print a value. */

import { type Access, type Approval, VSecureError } from '../sdk/index.js';
import { CommandFailed } from './command-errors.js';
import { formatTime } from './field-list.js';
import type { Io } from './io.js';
import { escapeText, quoted } from './terminal-text.js';

/** Exit codes, one for each answer that a script may get. */
const EXIT = { pending: 3, denied: 4, expired: 5, cancelled: 5 } as const;
const ENDED = 5;

/** Throws CommandFailed with the exit code of the status. */
export function refuseUnlessApproved({ id, status, grant, decisionReason }: Access): void {
  if (status !== 'approved') {
    const why = decisionReason ? ` Reason: ${quoted(escapeText(decisionReason))}` : '';
    throw new CommandFailed(`The request ${id} is ${status}.${why}`, EXIT[status]);
  }
  if (grant && grant.status !== 'active')
    throw new CommandFailed(`The access of ${id} has ended (${grant.status}).`, ENDED);
}

/** Prints the value alone to stdout. The read is recorded and counts as a use. */
export async function readValue(io: Io, resource: string): Promise<void> {
  const opened = await io
    .client()
    .secrets.get(resource)
    .catch(async (error: unknown) => {
      throw await withStatus(io, resource, error);
    });
  io.value(Buffer.from(opened.value, opened.encoding));
  if (io.shown) io.err(`This access ends ${formatTime(opened.expiresAt)} (${opened.grant}).`);
}

/** The newest of the caller's own requests among this many says why there is no access. */
const REQUESTS_MAX = 100;

/** The refusal, with the exit code of the newest request to read this resource. */
async function withStatus(io: Io, resource: string, error: unknown): Promise<unknown> {
  if (!(error instanceof VSecureError)) return error;
  if (error.code === 'grant_ended') return new CommandFailed(error.message, ENDED);
  if (error.code !== 'approval_required') return error;
  const client = io.client();
  const [{ name }, requests] = await Promise.all([
    client.whoami(),
    client.mcp.listApprovals({ limit: REQUESTS_MAX }),
  ]);
  const isOwn = ({ operation, resources, requester }: Approval) =>
    operation === 'read' && resources.includes(resource) && requester.name === name;
  const newest = requests.find(isOwn);
  const ask = `To ask: vsecure access request ${resource} --reason "…"`;
  if (!newest) return new CommandFailed(`${error.message}\n  ${ask}`);
  const { id, status } = newest;
  if (status === 'pending')
    return new CommandFailed(
      `The request ${id} is pending. To wait: vsecure access wait ${id}`,
      EXIT.pending,
    );
  const what =
    status === 'approved' ? `The access of ${id} has ended` : `The request ${id} is ${status}`;
  return new CommandFailed(`${what}. ${ask}`, status === 'approved' ? ENDED : EXIT[status]);
}
