/** Deciding on a terminal: show the facts of the card, ask, and send back what was shown. */

import type { Approval, ApprovalDetail } from '../../sdk/index.js';
import { CommandFailed } from '../command-errors.js';
import { fieldList, formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export interface DecideOptions {
  readonly reason?: string;
  readonly duration?: string;
  /** Of those asked for; in full. */
  readonly resources?: string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Without a terminal, or with `--yes`, nothing is asked. */
export async function decide(
  io: Io,
  action: 'approve' | 'deny',
  id: string,
  { reason, duration, resources, yes, json }: DecideOptions,
): Promise<void> {
  const { mcp } = io.client();
  const digest =
    io.interactive && !yes
      ? await confirm(io, action, await mcp.getApproval(id), resources)
      : undefined;
  const decision = { action, reason, duration, resources, digest, door: 'cli' } as const;
  const decided = await mcp.respond(id, decision);
  if (json) io.json(decided);
  else io.out(outcome(decided));
}

/** The digest of what was shown. What is no longer pending is not asked about: the server says how it stands. */
async function confirm(
  io: Io,
  action: string,
  approval: ApprovalDetail,
  resources: readonly string[] | undefined,
) {
  if (approval.status !== 'pending') return undefined;
  io.err(describe(approval));
  if (resources) io.err(`\nOnly: ${resources.join(', ')}`);
  io.err('');
  const answer = await io.ask(`${action === 'approve' ? 'Approve' : 'Deny'} this? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('Nothing was decided.');
  return approval.digest;
}

function describe(approval: ApprovalDetail): string {
  const { requester, deciding, operation, asked, claimedClient } = approval;
  const sees = operation === 'read' ? 'The AI tool will see the value.' : undefined;
  const certain = fieldList([
    ['Request', `${approval.id}${asked > 1 ? `, asked ${asked} times` : ''}`],
    ['Wants to', operation],
    ['Resources', approval.resources],
    ['For', `${approval.duration}, from the moment you approve`],
    ['Key', `${requester.name}, owned by ${requester.owner}`],
    ['Policy', deciding?.policyName],
    ['Approvers', deciding?.approvers.join(', ')],
    ['Approvals', deciding && `${deciding.approvals} of ${deciding.minApprovals}`],
    ['Conditions', approval.conditions],
    ['Decide before', formatTime(approval.expiresAt)],
    ['Note', sees],
  ]);
  const claims = fieldList([
    ['  Says it is', claimedClient],
    ['  Reason', approval.reason.split('\n')],
  ]);
  return `${certain}\n\nNot verified, in the words of whoever asks:\n${claims}`;
}

function outcome({
  id,
  status,
  granted,
  resources,
  grantedResources = resources,
}: Approval): string {
  const narrowed = grantedResources.length < resources.length;
  const only = narrowed ? `, only for ${grantedResources.join(', ')}` : '';
  if (status === 'approved') return `Approved ${id} for ${granted}${only}.`;
  if (status === 'denied') return `Denied ${id}.`;
  return `Your vote on ${id} is counted; it needs more.`;
}
