/** `/vsecure resources`: lists the policies that concern the person. */

import { formatDuration } from '../../domain/duration.js';
import type { Policy } from '../../domain/policy/policy.js';
import { ok } from '../../domain/result.js';
import type { ShowPolicies } from '../../usecases/policies/list-policies.js';
import { shortName } from '../format/resource-names.js';
import type { Cell } from './answer.js';
import { type Command, ROWS } from './command.js';

export interface ResourcesParts {
  readonly showPolicies: ShowPolicies;
}

const HEAD = ['Resource pattern', 'Name', 'Permissions', 'Approval by', 'Max. duration', 'Version'];

export const createResourcesCommand = ({ showPolicies }: ResourcesParts): Command => ({
  name: 'resources',
  usage: '',
  summary: 'list the policies under which you approve or your keys request access',
  examples: ['resources'],
  words: 0,
  flags: {},
  pages: true,
  async answer({ after = '', who }) {
    const person = await who();
    if (!person.ok) return person;
    const policies = await showPolicies(person.value);
    if (!policies.ok) return policies;
    const sorted = [...policies.value].sort((a, b) => (a.uri < b.uri ? -1 : 1));
    const left = sorted.filter(({ uri }) => uri > after);
    const items = left.slice(0, ROWS);
    const next = left.length > ROWS ? items.at(-1)?.uri : undefined;
    const title = items.length === 0 ? 'No policies that you may see.' : 'Policies';
    return ok({ title, table: { head: HEAD, rows: items.map(row) }, next });
  },
});

function row({ uri, name, permissions, maxDuration, version, ...policy }: Policy): readonly Cell[] {
  return [
    shortName(uri),
    name === uri ? undefined : name,
    permissions.join(', '),
    decidedBy(policy),
    formatDuration(maxDuration),
    `${version}`,
  ];
}

type Deciding = Pick<Policy, 'requiresApproval' | 'minApprovals' | 'autoApprove'>;

function decidedBy({ requiresApproval, minApprovals, autoApprove }: Deciding): string {
  if (!requiresApproval) return 'not required';
  const people = minApprovals === 1 ? 'one person' : `${minApprovals} people`;
  return autoApprove?.enabled ? `${people}, or auto-approved` : people;
}
