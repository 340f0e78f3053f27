/** Policies. Those of a resource are found by the literal beginning of their pattern, in an index. */

import type { ApprovalId } from '../domain/approval.js';
import { coveringBeginnings } from '../domain/pattern.js';
import type { Policy, PolicyRules } from '../domain/policy/policy.js';
import { POLICY_FIELDS, type PolicyField, rulesFrom } from '../domain/policy/policy-fields.js';
import { createPolicyIndex } from '../domain/policy/policy-index.js';
import type { Policies, PolicyChangeRecord, PolicyReads } from '../ports/index.js';
import { first, type Sql, writeOne } from './sql.js';

const COLUMNS: Record<PolicyField, string> = {
  uri: 'uri',
  name: 'name',
  permissions: 'permissions',
  requiresApproval: 'requires_approval',
  approvers: 'approvers',
  requesters: 'requesters',
  decideFrom: 'decide_from',
  listed: 'listed',
  minApprovals: 'min_approvals',
  allowSelfApproval: 'allow_self_approval',
  autoApprove: 'auto_approve',
  requireReason: 'require_reason',
  minReasonLength: 'min_reason_length',
  requireDecisionReason: 'require_decision_reason',
  defaultDuration: 'default_duration_ms',
  maxDuration: 'max_duration_ms',
  requestTtl: 'request_ttl_ms',
  maxUses: 'max_uses',
  channel: 'channel',
  sensitivity: 'sensitivity',
  mention: 'mention',
  escalateTo: 'escalate_to',
  escalateAfter: 'escalate_after_ms',
};

const names = POLICY_FIELDS.map((field) => COLUMNS[field]);
/** After `$1` for the id and `$2` for the version. */
const places = names.map((_, index) => `$${index + 3}`);
const assignments = names.map((name, index) => `${name} = ${places[index]}`).join(', ');
const row = `id, version, ${POLICY_FIELDS.map((field) => `${COLUMNS[field]} as "${field}"`).join(', ')}`;
const select = `select ${row} from policy where removed_at is null`;

/** The expression is the one of the index `policy_beginning`. */
const COVERING = `${select} and split_part(uri, '/*', 1) = any($1)`;

/** `coveringBeginnings` in SQL, as the resources are stored: every beginning of each resource that ends at a slash. */
const OF_REQUESTS = `${select} and split_part(uri, '/*', 1) = any(array(
  select array_to_string((string_to_array(r.resource, '/'))[1:depth], '/')
  from approval a, unnest(a.resources) as r(resource), generate_series(3, cardinality(string_to_array(r.resource, '/'))) as depth
  where a.id = any($1)))`;

/** An absent field is null in the database. */
type PolicyRow = Pick<Policy, 'id' | 'version'> & Readonly<Record<PolicyField, unknown>>;

/** An index over the policies that cover one of these resources or patterns. */
export async function policiesCovering(sql: Sql, resources: readonly string[]) {
  const beginnings = [...new Set(resources.flatMap(coveringBeginnings))];
  return createPolicyIndex((await sql<PolicyRow>(COVERING, [beginnings], 'hot')).map(toPolicy));
}

/** The same for the resources of these requests. */
export async function policiesOfRequests(sql: Sql, ids: readonly ApprovalId[]) {
  return createPolicyIndex((await sql<PolicyRow>(OF_REQUESTS, [ids], 'hot')).map(toPolicy));
}

export function policyReads(sql: Sql): PolicyReads {
  return {
    covering: (resources) => policiesCovering(sql, resources),

    coveringRequest: (id) => policiesOfRequests(sql, [id]),

    async list() {
      return (await sql<PolicyRow>(`${select} order by uri`)).map(toPolicy);
    },

    async change(id, version) {
      const row = first(
        await sql<ChangeRow>('select * from policy_change where policy_id = $1 and version = $2', [
          id,
          version,
        ]),
      );
      return row && toChange(row);
    },

    async changesSince(id, moment) {
      const rows = await sql<ChangeRow>(
        'select * from policy_change where policy_id = $1 and at > $2 order by version',
        [id, moment],
      );
      return rows.map(toChange);
    },
  };
}

interface ChangeRow extends Omit<PolicyChangeRecord, 'policy' | 'channel'> {
  readonly policy_id: PolicyChangeRecord['policy'];
  readonly channel: string | null;
}

const toChange = (row: ChangeRow): PolicyChangeRecord => ({
  ...row,
  policy: row.policy_id,
  channel: row.channel ?? undefined,
});

export function policies(sql: Sql): Policies {
  return {
    ...policyReads(sql),

    async lockAll() {
      await sql('lock table policy in share row exclusive mode');
    },

    async lock(uri) {
      const found = first(await sql<PolicyRow>(`${select} and uri = $1 for update`, [uri]));
      return found && toPolicy(found);
    },

    async insert(id, rules) {
      const inserted = await sql<PolicyRow>(
        `insert into policy (id, version, ${names.join(', ')}) values ($1, $2, ${places.join(', ')})
         on conflict do nothing returning ${row}`,
        [id, 1, ...valuesOf(rules)],
      );
      return first(inserted.map(toPolicy));
    },

    async replace(from, rules) {
      const replaced = await sql<PolicyRow>(
        `update policy set version = $2 + 1, ${assignments}
         where id = $1 and version = $2 and removed_at is null returning ${row}`,
        [from.id, from.version, ...valuesOf(rules)],
      );
      return first(replaced.map(toPolicy));
    },

    async remove(from) {
      const removed = await sql<PolicyRow>(
        `update policy set version = $2 + 1, removed_at = clock_timestamp()
         where id = $1 and version = $2 and removed_at is null returning ${row}`,
        [from.id, from.version],
      );
      return first(removed.map(toPolicy));
    },

    async recordChange({ policy, version, uri, actor, channel, lines, loosens }) {
      await writeOne(
        sql,
        `insert into policy_change (policy_id, version, uri, actor, channel, lines, loosens)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [policy, version, uri, actor, channel ?? null, lines, loosens],
      );
    },
  };
}

const valuesOf = (rules: PolicyRules): readonly unknown[] =>
  POLICY_FIELDS.map((field) => rules[field] ?? null);

const toPolicy = ({ id, version, ...row }: PolicyRow): Policy => ({
  id,
  version,
  ...rulesFrom((field) => row[field] ?? undefined),
});
