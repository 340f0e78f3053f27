/** `/vsecure grants`: lists active grants. */

import { grantId } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import type { ListActiveGrants } from '../../usecases/approvals/list-active-grants.js';
import { shortNames } from '../format/resource-names.js';
import { type Command, ROWS } from './command.js';

export interface GrantsParts {
  readonly listActiveGrants: ListActiveGrants;
}

const HEAD = ['Ends', 'Access', 'Holder', 'Used', 'ID'];

export const createGrantsCommand = ({ listActiveGrants }: GrantsParts): Command => ({
  name: 'grants',
  usage: '',
  summary: 'list active grants',
  examples: ['grants'],
  words: 0,
  flags: {},
  pages: true,
  async answer({ after, who }) {
    const person = await who();
    if (!person.ok) return person;
    const page = { limit: ROWS, after: grantId.safeParse(after).data };
    const listed = await listActiveGrants(person.value, page);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    const rows = items.map(({ grant, holder }) => [
      grant.endsAt,
      `${grant.operation} ${shortNames(grant.resources)}`,
      holder,
      grant.maxUses === undefined ? `${grant.uses}` : `${grant.uses} of ${grant.maxUses}`,
      grant.id,
    ]);
    const title = rows.length === 0 ? 'No active grants that you may see.' : 'Active grants';
    const note = 'To revoke one: /vsecure revoke <id> <reason>';
    return ok({ title, table: { head: HEAD, rows }, note, next });
  },
});
