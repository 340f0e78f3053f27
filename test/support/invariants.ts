/** What must hold in the database after anything whatsoever, in SQL and by reckoning the chain again. */
import type { DataSource } from 'typeorm';
import { chainHash } from '../../src/crypto/chain-hash.js';
import { sqlOn } from '../../src/store/sql.js';

/** Each finds the ids of what breaks the rule that it is named by. `body` is the audit event. */
const RULES = {
  'a grant exists only for an approved approval': `
    select g.id from access_grant g join approval a on a.id = g.approval_id where a.status <> 'approved'`,
  'an approved approval has exactly one grant': `
    select a.id from approval a where a.status = 'approved'
      and (select count(*) from access_grant g where g.approval_id = a.id) <> 1`,
  'what is settled was settled once, and the audit trail says so': `
    select a.id from approval a where (a.status <> 'pending')::int <>
      (select count(*) from audit_event e where e.body ->> 'approval' = a.id and (
        e.body ->> 'type' in ('approval_decided', 'approval_expired', 'approval_cancelled')
        or (e.body ->> 'type' = 'access_granted' and e.body -> 'details' -> 'automatic' = 'true')))`,
  'the audit trail names the outcome that is stored': `
    select a.id from approval a join audit_event e on e.body ->> 'approval' = a.id
    where e.body ->> 'type' = 'approval_decided' and e.body -> 'details' ->> 'outcome' <> a.status`,
  'the person who settled an approval voted for its outcome': `
    select a.id from approval a where a.status in ('approved', 'denied') and a.settled_by is not null
      and not exists (select from vote v where v.approval_id = a.id and v.person_id = a.settled_by
        and v.verdict = case a.status when 'approved' then 'approve' else 'deny' end)`,
  'a denial that was counted settled its approval': `
    select a.id from approval a join vote v on v.approval_id = a.id
    where v.verdict = 'deny' and a.status <> 'denied'`,
  'every vote that counts is on the audit trail once, behind whatever made earlier ones void': `
    select a.id from approval a where
      (select count(*) from vote v where v.approval_id = a.id) <>
      (select count(*) from audit_event e where e.body ->> 'approval' = a.id and e.body ->> 'type' = 'vote_cast'
        and not exists (select from audit_event l where l.body ->> 'approval' = a.id
          and l.body ->> 'type' = 'approval_rebound' and l.sequence > e.sequence))`,
  'every grant is on the audit trail once': `
    select g.id from access_grant g where 1 <>
      (select count(*) from audit_event e where e.body ->> 'grant' = g.id and e.body ->> 'type' = 'access_granted')`,
  'every use of a grant is on the audit trail once': `
    select g.id from access_grant g where g.uses <>
      (select count(*) from audit_event e where e.body ->> 'grant' = g.id
        and e.body ->> 'type' in ('secret_read', 'records_read', 'secret_written', 'secret_deleted'))`,
  'nothing is done under a grant after its early end': `
    select e.body ->> 'grant' as id from audit_event e join audit_event r on r.body ->> 'grant' = e.body ->> 'grant'
    where r.body ->> 'type' in ('secret_read', 'records_read', 'secret_written', 'secret_deleted') and e.body ->> 'type' in ('access_revoked', 'access_released') and r.sequence > e.sequence`,
  'the audit trail goes forward in time': `
    select l.sequence as id from audit_event e join audit_event l on l.sequence = e.sequence + 1 where l.at < e.at`,
} as const;

/** The rules that do not hold, each with what breaks it. Empty when all is well. */
export async function brokenInvariants(dataSource: DataSource): Promise<string[]> {
  const sql = sqlOn(dataSource);
  const broken: string[] = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const rows = await sql<{ id: string }>(query);
    if (rows.length > 0) broken.push(`${rule}: not ${rows.map(({ id }) => id).join(', ')}`);
  }
  return [...broken, ...(await brokenChain(dataSource))];
}

interface Link {
  readonly sequence: string;
  readonly canonical: string;
  readonly hash: Buffer;
}

async function brokenChain(dataSource: DataSource): Promise<string[]> {
  const sql = sqlOn(dataSource);
  const [installation] = await sql<{ id: string }>('select id from installation');
  const [head] = await sql<{ sequence: string; hash: Buffer }>(
    'select sequence, hash from audit_head',
  );
  const links = await sql<Link>(
    'select sequence, canonical, hash from audit_event order by sequence',
  );
  let hash = chainHash.genesis(installation?.id ?? '');
  for (const [place, link] of links.entries()) {
    const sequence = place + 1;
    hash = chainHash.next(hash, sequence, link.canonical);
    if (Number(link.sequence) !== sequence || !link.hash.equals(hash))
      return [`the chain is broken at ${link.sequence}`];
  }
  const fits = Number(head?.sequence) === links.length && head?.hash.equals(hash);
  return fits ? [] : ['the head of the chain is not its last link'];
}
