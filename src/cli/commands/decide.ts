/** Decides a request from a terminal: shows the request, asks for confirmation, and sends the digest of what it showed. */

import { approvalId } from '../../contract/fields.js';
import { type Approval, type ApprovalDetail, VSecureError } from '../../sdk/index.js';
import { CommandFailed } from '../command-errors.js';
import { fieldList, formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export interface DecideOptions {
  readonly reason?: string;
  readonly duration?: string;
  /** The requested resources to grant, as full URIs. */
  readonly resources?: string[];
  readonly sendBack?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Asks for confirmation on a terminal, unless the command line has `--yes`. Without a terminal a command with a reason is itself the decision;
 * one without throws UsageError.
 */
export async function decide(
  io: Io,
  action: 'approve' | 'deny',
  id: string,
  { reason, duration, resources, sendBack, yes, json }: DecideOptions,
): Promise<void> {
  if (!approvalId.safeParse(id).success)
    throw new CommandFailed(`"${id}" is not a request id. To list requests: vsecure mcp:approvals`);
  const isDecided = yes || (!io.interactive && reason?.trim());
  const digest = isDecided ? undefined : await confirm(io, action, id, resources);
  const { mcp } = io.client();
  const retry = sendBack ? ('with_changes' as const) : undefined;
  const decision = { action, reason, duration, resources, retry, digest, door: 'cli' } as const;
  const decided = await mcp.respond(id, decision).catch(async (error: unknown) => {
    throw await alreadyApproved(io, id, error);
  });
  if (json) io.json(decided);
  else io.out(outcome(decided, await votesOf(io, decided)));
}

/** Says what is in force, where the decision came too late to change it. */
async function alreadyApproved(io: Io, id: string, error: unknown): Promise<unknown> {
  if (!(error instanceof VSecureError) || error.code !== 'already_decided') return error;
  const approval = await io
    .client()
    .mcp.getApproval(id)
    .catch(() => undefined);
  if (approval?.status !== 'approved') return error;
  return new CommandFailed(
    `${id} is already approved ${grantedFor(approval)}; nothing changed. To end the access: vsecure mcp:grants, then mcp:revoke`,
  );
}

/** How many approvals a request that is still pending has: `1 of 2`. */
async function votesOf(io: Io, { id, status }: Approval): Promise<string | undefined> {
  if (status !== 'pending') return undefined;
  // The decision is already recorded, so an error here must not look like a failed decision.
  const detail = await io
    .client()
    .mcp.getApproval(id)
    .catch(() => undefined);
  return detail?.deciding && `${detail.deciding.approvals} of ${detail.deciding.minApprovals}`;
}

/** Resolves with the digest of what was shown. Does not ask about a request that is no longer pending: the server's refusal states its status. */
async function confirm(
  io: Io,
  action: string,
  id: string,
  resources: readonly string[] | undefined,
) {
  const approval = io.interactive ? await io.client().mcp.getApproval(id) : undefined;
  if (approval && approval.status !== 'pending') return undefined;
  if (approval) {
    io.err(summaryOf(approval));
    if (resources) io.err(`\nGrant only: ${resources.join(', ')}`);
    io.err('');
  }
  const question = `${action === 'approve' ? 'Approve' : 'Deny'} this?`;
  await io.confirm({ question, yes: false, unchanged: 'Nothing was decided.' });
  return approval?.digest;
}

function summaryOf(approval: ApprovalDetail): string {
  const { requester, deciding, operation, asked, claimedClient } = approval;
  const note = operation === 'read' ? 'The AI tool will see the value.' : undefined;
  const signals = deciding?.signals?.map(({ serious, text }) => `${serious ? '⚠' : '•'} ${text}`);
  const high = deciding?.sensitivity === 'high' ? '▲ high' : undefined;
  const verified = fieldList([
    [
      'Request',
      `${approval.id}${asked > 1 ? `, repeated ${asked === 2 ? 'once' : `${asked - 1} times`}` : ''}`,
    ],
    ['Operation', operation],
    ['Sensitivity', high],
    ['Resources', approval.resources],
    ['To check', signals?.length ? signals : undefined],
    ['Duration', `${approval.duration}, starting when approved`],
    ['API key', `${requester.name}, owned by ${requester.owner}`],
    ['Policy', deciding?.policyName],
    ['Approvers', deciding?.approvers.join(', ')],
    ['Approved', deciding && `${deciding.approvals} of ${deciding.minApprovals}`],
    ['Conditions', approval.conditions],
    ['Decide before', formatTime(approval.expiresAt)],
    ['Note', note],
  ]);
  const claims = fieldList([
    ['  Client (self-reported)', claimedClient],
    ['  Reason', approval.reason.split('\n')],
    ['  Updated reason', approval.updatedReason?.split('\n')],
  ]);
  return `${verified}\n\nNot verified, provided by the requester:\n${claims}`;
}

function outcome(approval: Approval, votes: string | undefined): string {
  const { id, status } = approval;
  if (status === 'approved') return `Approved ${id} ${grantedFor(approval)}.`;
  if (status === 'denied')
    return approval.retry === 'with_changes'
      ? `Sent ${id} back. The AI tool may ask again at once, with changes.`
      : `Denied ${id}.`;
  return `Approved ${id}${votes ? ` (${votes})` : ''}. More approvals are needed.`;
}

/** `for 30m`, and the resources when not all of them are granted. */
function grantedFor({ granted, resources, grantedResources = resources }: Approval): string {
  const narrowed = grantedResources.length < resources.length;
  return `for ${granted}${narrowed ? `, only for ${grantedResources.join(', ')}` : ''}`;
}
