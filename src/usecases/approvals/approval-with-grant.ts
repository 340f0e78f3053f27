/** An approval with its grant, and with a link to its card while it is pending. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import type { Cards, Reads } from '../../ports/index.js';

export interface Access {
  readonly approval: Approval;
  readonly grant?: Grant | undefined;
  /** Link to the card where people decide. Present only while the request is pending and after the card is posted. */
  readonly link?: string | undefined;
}

type Stored = Pick<Reads, 'approvals' | 'grants'>;

export async function accessTo(store: Stored, id: ApprovalId): Promise<Access | undefined> {
  const approval = await store.approvals.find(id);
  return approval && withGrant(store, approval);
}

export async function withGrant({ grants }: Stored, approval: Approval): Promise<Access> {
  if (approval.status !== 'approved') return { approval };
  return { approval, grant: await grants.ofApproval(approval.id) };
}

/** Adds the link. Use it only in answers to the requester. If the look-up fails, the answer has no link. */
export async function withLink(access: Access, cardLink?: Cards['link']): Promise<Access> {
  if (!cardLink || access.approval.status !== 'pending') return access;
  const link = await cardLink(access.approval.id).catch(() => undefined);
  return link && isWebAddress(link) ? { ...access, link } : access;
}

/** Clients may open the link, so only http and https are allowed, never a scheme that a browser executes. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
