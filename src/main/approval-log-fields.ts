/** The fields of a log line about an approval: ids only, never a reason or a name. */

import type { Approval, ApprovalId } from '../domain/approval.js';
import { currentRequest } from './request-context.js';

/** `request` is the HTTP request that asked for access. `via` is the current HTTP request, when that is a different one. */
export function approvalFields({ id, request }: Pick<Approval, 'id' | 'request'>) {
  const current = currentRequest()?.request;
  const via = current === request ? undefined : current;
  return { approval: id, request: request ?? current, via: request && via };
}

/** The approval in the subject of an outbox row, `<id>` or `<kind>:<id>`; undefined when the row is about something else. */
export function approvalIdIn(subject: string): ApprovalId | undefined {
  const last = subject.split(':').at(-1);
  return isApprovalId(last) ? last : undefined;
}

const isApprovalId = (text = ''): text is ApprovalId => /^appr_[0-9A-Za-z]{22}$/.test(text);
