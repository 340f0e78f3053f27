/** `/vsecure revoke`: revokes a grant, by its id or by the id of the request that it came from. */

import { approvalId, grantId } from '../../contract/fields.js';
import type { GrantId } from '../../domain/grant.js';
import { REASON_MAX } from '../../domain/limits.js';
import type { Person } from '../../domain/person.js';
import { ok, type Result, refused } from '../../domain/result.js';
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
  summary: 'revoke a grant',
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
        `"${id}" is not the id of a grant or request. Use grnt_… or appr_…, as shown by /vsecure grants.`,
      );
    if (rest === '') return problem('A reason is missing. It is kept in the audit trail.');
    if (rest.length > REASON_MAX)
      return problem(`The reason is too long: at most ${REASON_MAX} characters.`);
    const person = await who();
    if (!person.ok) return person;
    const found = grant ?? (await grantOf(viewApprovals, person.value, approval));
    if (!found) return refused({ code: 'not_found' });
    return answerOf(await revokeGrant(person.value, found, rest));
  },
});

/** Undefined when there is none, or when this person may not see the approval. */
async function grantOf(
  viewApprovals: RevokeParts['viewApprovals'],
  person: Person,
  approval: ReturnType<typeof approvalId.safeParse>['data'],
): Promise<GrantId | undefined> {
  const shown = approval && (await viewApprovals.one(person, approval));
  return shown?.ok ? shown.value.grant?.id : undefined;
}

function answerOf(revoked: Awaited<ReturnType<RevokeGrant>>): Result<{ readonly title: string }> {
  if (!revoked.ok) return revoked;
  const { id, operation, resources } = revoked.value;
  const title = `Revoked ${id}: ${operation} ${shortNames(resources)}. It can no longer be used.`;
  return ok({ title });
}
