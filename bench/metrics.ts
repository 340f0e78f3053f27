/**
 * Uses counted over a month of a large trail, against counting the same span by its index. The events are planted in bulk, past
 * the hash chain, into a database that is thrown away. `npx tsx bench/metrics.ts 10000000` for ten million.
 */

import { pathToFileURL } from 'node:url';
import { DAY, HOUR } from '../src/domain/limits.js';
import { ownVisibility } from '../src/domain/visibility.js';
import { createCountOn } from '../src/store/metric-rollup.js';
import { metricsReads } from '../src/store/metrics.js';
import { only, type Sql, sqlOn } from '../src/store/sql.js';
import { inNewDatabase } from './stage.js';

const EVENTS = 1_000_000;
const ROUNDS = 7;
/** The trail holds thirty days; its end is the present of this benchmark. */
const END = new Date('2026-03-31T00:30:00Z');

const PLANT = `
  insert into audit_event (sequence, at, canonical, hash)
  select n, $2::timestamptz - (($1 - n)::float8 / $1) * interval '30 days',
    format('{"type":"secret_read","actor":{"kind":"key","id":"prin_%s","name":"k"},"principal":"prin_%s","operation":"read","resources":["vsecure://secrets/production/S%s"]}',
      n % 20, n % 20, n % 50), decode(repeat('00', 32), 'hex')
  from generate_series($3::bigint, $4::bigint) n`;

/** Prints how long it takes to count, beside `count(*)` of the same span. */
export async function benchMetrics(print: (line: string) => void, events = EVENTS): Promise<void> {
  await inNewDatabase(async (dataSource) => {
    const sql = sqlOn(dataSource);
    await plant(sql, events);
    const started = performance.now();
    await createCountOn(dataSource)();
    const took = Math.round(performance.now() - started);
    print(`\nuses counted, of ${events.toLocaleString('en')} events (summed up in ${took} ms)`);
    await sql(`select brin_summarize_new_values('audit_event_at_1')`);
    await sql('analyze audit_event');
    for (const [name, span] of [
      ['the last hour', HOUR],
      ['a month', 29.99 * DAY],
    ] as const)
      await compare(print, sql, name, new Date(END.getTime() - span));
  });
}

async function plant(sql: Sql, events: number): Promise<void> {
  const batch = 25_000;
  for (let from = 1; from <= events; from += batch)
    await sql(PLANT, [events, END, from, Math.min(events, from + batch - 1)]);
  await sql(
    `insert into audit_head (sequence, hash) values ($1, decode(repeat('00', 32), 'hex'))`,
    [events],
  );
}

async function compare(print: (line: string) => void, sql: Sql, name: string, since: Date) {
  const query = { metric: 'access_count', since, until: END } as const;
  const floors: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const floor = await timed(async () => {
      const counted = await sql<{ count: number }>(
        'select count(*)::int as count from audit_event where at >= $1 and at < $2',
        [since, END],
      );
      return only(counted).count;
    });
    const measured = await timed(
      async () => (await metricsReads(sql).measure(ownVisibility(true, []), query)).count,
    );
    if (floor.value !== measured.value) throw new Error('they count differently');
    floors.push(floor.ms);
    ours.push(measured.ms);
  }
  const [floor, own] = [median(floors), median(ours)];
  print(
    `  ${name}: ${own.toFixed(1)} ms, count(*) ${floor.toFixed(1)} ms: ratio ${(own / floor).toFixed(2)}`,
  );
}

async function timed(work: () => Promise<number>) {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await benchMetrics(
    (line) => process.stdout.write(`${line}\n`),
    Number(process.argv[2] ?? EVENTS),
  );
