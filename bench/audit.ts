/**
 * One page of the audit trail at several sizes: by resource, pattern, actor and type, as an administrator, an approver and an agent. The
 * floor is the newest page without a filter in the same trail. The events are planted in bulk, past the hash chain, into a database that is
 * thrown away. `npx tsx bench/audit.ts 10000 1000000 10000000` for other sizes.
 */

import { pathToFileURL } from 'node:url';
import { DAY } from '../src/domain/limits.js';
import type { PersonId } from '../src/domain/person.js';
import type { Policy } from '../src/domain/policy/policy.js';
import type { PrincipalId } from '../src/domain/principal.js';
import { ownVisibility, type VisibilityScope } from '../src/domain/visibility.js';
import { USES } from '../src/domain/vocabulary.js';
import type { AuditFilter } from '../src/ports/index.js';
import { auditReads } from '../src/store/audit.js';
import { createCountOn } from '../src/store/metric-rollup.js';
import { metricsReads } from '../src/store/metrics.js';
import { type Sql, sqlOn } from '../src/store/sql.js';
import { quantile } from './measure.js';
import { inNewDatabase } from './stage.js';

const SIZES: readonly number[] = [10_000, 1_000_000];
const PAGES = 60;
const PAGE = { limit: 50 };

/** Nine of ten are reads; every thousandth is of a rare type, every 3,000th of a rare resource by a rare actor. */
const PLANT = `
  insert into audit_event (sequence, at, canonical, hash)
  select n, now() - ($1 - n) * interval '1 second',
    format('{"type":"%s","actor":{"kind":"key","id":"prin_%s","name":"%s"},"principal":"prin_%s","operation":"read","resources":["vsecure://secrets/%s"]}',
      case when n % 1000 = 0 then 'policy_changed' when n % 10 = 0 then 'approval_requested' else 'secret_read' end,
      n % 200, case when n % 3000 = 7 then 'rare' else format('key-%s', n % 200) end, n % 200,
      case when n % 3000 = 7 then 'staging/RARE' when n % 250 = 3 then format('dev/app7/S%s', n % 9) else format('production/S%s', n % 100) end),
    decode(repeat('00', 32), 'hex')
  from generate_series($2::bigint, $3::bigint) n`;
const BATCH = 25_000;

const uri = (name: string) => `vsecure://secrets/${name}`;
const FILTERS: Readonly<Record<string, AuditFilter>> = {
  'resource, frequent': { resource: uri('production/S1') },
  'resource, rare': { resource: uri('staging/RARE') },
  'resource, none': { resource: uri('none/NONE') },
  'pattern, frequent': { resource: uri('production/**') },
  'pattern, rare': { resource: uri('staging/**') },
  'pattern, last segment': { resource: uri('*/RARE') },
  'actor, frequent': { actor: 'key-1' },
  'actor, rare': { actor: 'rare' },
  'type, frequent': { type: 'secret_read' },
  'type, rare': { type: 'policy_changed' },
};

/** Alice decides dev/app7/**, and Bob what is rare. */
const approver = (prefix: string): VisibilityScope => ({
  ...ownVisibility(false, [], 'pers_alice' as PersonId),
  prefixes: [uri(prefix)],
  deciding: (resources) =>
    resources.every((one) => one.startsWith(uri(prefix))) ? ({} as Policy) : undefined,
});
const VIEWERS: Readonly<Record<string, VisibilityScope>> = {
  'as an approver': approver('dev/app7/'),
  'as an approver, rare': approver('staging/'),
  'as an agent': ownVisibility(false, ['prin_1' as PrincipalId]),
};

interface Taken {
  readonly p50: number;
  readonly p99: number;
}

/** Prints the median and the 99th percentile of a page in each trail, in ms, and how much the slowest trail takes beside the fastest. */
export async function benchAudit(print: (line: string) => void, sizes = SIZES): Promise<void> {
  const results = new Map<string, Taken[]>();
  for (const size of sizes) {
    const took = await inTrail(size, async (sql) => {
      const reads = auditReads(sql);
      const cases: Record<string, AuditFilter> = { 'newest (the floor)': {}, ...FILTERS };
      for (const [name, visibility] of Object.entries(VIEWERS)) cases[name] = { visibility };
      const note = async (name: string, work: () => Promise<unknown>) =>
        results.set(name, [...(results.get(name) ?? []), await pageTimes(work)]);
      for (const [name, filter] of Object.entries(cases))
        await note(name, () => reads.list(filter, PAGE));
      const week = { since: new Date(Date.now() - 7 * DAY), until: new Date() };
      await note('grouped, a week', () =>
        metricsReads(sql).uses(ownVisibility(true, []), week, USES),
      );
    });
    print(`${size.toLocaleString('en')} events: counted, and keys written, in ${took} ms`);
  }
  print(
    `\none page of the audit trail, p50 / p99 in ms, of ${sizes.join(', ')} events; slowest ÷ fastest median`,
  );
  for (const [name, taken] of results) print(row(name, taken));
}

function row(name: string, taken: readonly Taken[]): string {
  const cells = taken.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`.padStart(16));
  const medians = taken.map(({ p50 }) => p50);
  const ratio = (Math.max(...medians) / Math.min(...medians)).toFixed(2);
  return `  ${name.padEnd(24)}${cells.join('')}${ratio.padStart(8)}`;
}

async function pageTimes(work: () => Promise<unknown>): Promise<Taken> {
  const taken: number[] = [];
  for (let page = -PAGES / 4; page < PAGES; page += 1) {
    const started = performance.now();
    await work();
    if (page >= 0) taken.push(performance.now() - started);
  }
  return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) };
}

/** Runs `work` in a trail of that size. Resolves with the milliseconds that writing the keys took. */
async function inTrail(size: number, work: (sql: Sql) => Promise<void>): Promise<number> {
  return inNewDatabase(async (dataSource) => {
    const sql = sqlOn(dataSource);
    for (let from = 1; from <= size; from += BATCH)
      await sql(PLANT, [size, from, Math.min(size, from + BATCH - 1)]);
    await sql(
      `insert into audit_head (sequence, hash) values ($1, decode(repeat('00', 32), 'hex'))`,
      [size],
    );
    const started = performance.now();
    await createCountOn(dataSource)();
    const took = Math.round(performance.now() - started);
    // As autovacuum does after so many inserts.
    await sql('vacuum (analyze) audit_event, audit_seen, audit_key');
    await work(sql);
    return took;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await benchAudit(
    (line) => process.stdout.write(`${line}\n`),
    process.argv.length > 2 ? process.argv.slice(2).map(Number) : SIZES,
  );
