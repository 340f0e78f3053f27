/** `/vsecure revoke`: ends an access early, by the id of the grant or of the approval that gave it. */

import { approvalId, grantId } from '../../contract/fields.js';
import type { GrantId } from '../../domain/grant.js';
import { REASON_MAX } from '../../domain/limits.js';
import type { Person } from '../../domain/person.js';
import { type Result, refused } from '../../domain/result.js';
import type { RevokeGrant } from '../../usecases/approvals/end-grant.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { shortNames } from '../format/resource-names.js';
import { problem } from './arguments.js';
import type { Command } from './command.js';

export interface RevokeParts {
  readonly revokeGrant: RevokeGrant;
  readonly viewApprovals: Pick<ViewApprovals, 'one'>;
}

export const createRevokeCommand = ({ revokeGrant, viewApprovals }: RevokeParts): Command => ({
  name: 'revoke',
  usage: '<id> <reason>',
  summary: 'end an access early',
  examples: [
    'revoke grnt_0123456789ABCDEFGHIJKL the incident is over',
    'revoke appr_0123456789ABCDEFGHIJKL "wrong environment"',
  ],
  words: 1,
  flags: {},
  freeText: true,
  async answer({ words: [id = ''], rest, who }) {
    const grant = grantId.safeParse(id).data;
    const approval = approvalId.safeParse(id).data;
    if (!grant && !approval)
      return problem(
        `"${id}" is no id of a grant or request: grnt_… or appr_…, as /vsecure grants shows.`,
      );
    if (rest === '') return problem('A reason is missing: the audit trail keeps it.');
    if (rest.length > REASON_MAX)
      return problem(`The reason is too long: ${REASON_MAX} characters at most.`);
    const person = await who();
    if (!person.ok) return person;
    const found = grant ?? (await grantOf(viewApprovals, person.value, approval));
    if (!found) return refused({ code: 'not_found' });
    return ended(await revokeGrant(person.value, found, rest));
  },
});

/** Undefined when there is none, or when the approval is not this person's to see. */
async function grantOf(
  viewApprovals: RevokeParts['viewApprovals'],
  person: Person,
  approval: ReturnType<typeof approvalId.safeParse>['data'],
): Promise<GrantId | undefined> {
  const shown = approval && (await viewApprovals.one(person, approval));
  return shown?.ok ? shown.value.grant?.id : undefined;
}

function ended(revoked: Awaited<ReturnType<RevokeGrant>>): Result<{ readonly title: string }> {
  if (!revoked.ok) return revoked;
  const { id, operation, resources } = revoked.value;
  const title = `Revoked ${id}: ${operation} ${shortNames(resources)}. The next use of it is refused.`;
  return { ok: true, value: { title } };
}
