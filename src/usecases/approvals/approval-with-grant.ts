/** How an approval stands: with the grant that came of it, and with the way to its card while nobody has decided. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import type { Cards, Reads } from '../../ports/index.js';

export interface Access {
  readonly approval: Approval;
  readonly grant?: Grant | undefined;
  /** The address of its card, where people decide. Only while it is pending, and once there is a card. */
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

/** Only for whoever asked. A link that cannot be looked up is no link: the request stands without it. */
export async function withLink(access: Access, cardLink?: Cards['link']): Promise<Access> {
  if (!cardLink || access.approval.status !== 'pending') return access;
  const link = await cardLink(access.approval.id).catch(() => undefined);
  return link && isWebAddress(link) ? { ...access, link } : access;
}

/** Programs open what they are given: nothing that a browser would run. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
