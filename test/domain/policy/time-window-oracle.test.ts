import { IANAZone } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOpen, type TimeWindow } from '../../../src/domain/policy/time-window.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { windowOf } from '../policy-fixture.js';

/** With rules of many kinds: half an hour, at midnight, around Ramadan, quarter-hour offsets, and daylight saving that came back in 2023. */
const ZONES: Record<string, number> = {
  'America/Los_Angeles': 42,
  'America/New_York': 42,
  'America/St_Johns': 42,
  'America/Havana': 42,
  'America/Santiago': 42,
  'Africa/Cairo': 36,
  'Europe/London': 42,
  'Europe/Berlin': 42,
  'Africa/Casablanca': 44,
  'Asia/Jerusalem': 42,
  'Australia/Lord_Howe': 42,
  'Pacific/Chatham': 42,
};

const WINDOWS = [
  'Mon-Fri 09:00-17:00',
  'Thu,Sat 22:00-02:30',
  'Fri-Sun 01:30-02:30',
  'Sat,Sun 00:00-24:00',
  '23:45-03:00',
];

/** Postgres finds the transitions, counts out the minutes around them and says which windows are open, all by its own clock arithmetic. */
const ORACLE = `
  with hours as (
    select at, at at time zone $1 - at at time zone 'UTC' as shift
    from generate_series(timestamptz '2020-01-01Z', timestamptz '2041-01-01Z', interval '1 hour') at
  ), transitions as (
    select at from (select at, shift, lag(shift) over (order by at) as earlier from hours) h
    where shift <> earlier
  ), minutes as (
    select distinct t.at + minute * interval '1 minute' as at
    from transitions t, generate_series(-240, 180) minute
    -- Further away, only a window can open or close, which these do at a quarter of an hour.
    where abs(minute) <= 75 or (minute + 240) % 15 in (0, 1, 14)
  )
  select extract(epoch from at)::float8 * 1000 as at,
    (select count(*)::int from transitions) as transitions,
    (select array_agg(exists (
        select 1 from unnest(array[local::date, local::date - 1]) day
        where extract(isodow from day) = any (w.days)
          and local >= day + w.start * interval '1 minute'
          and local < day + w.stop * interval '1 minute'
      ) order by w.place)
      from jsonb_to_recordset($2) w(place int, days int[], start int, stop int)) as open
  from minutes, lateral (select at at time zone $1 as local) l
  order by at`;

interface Minute {
  readonly at: number;
  readonly transitions: number;
  readonly open: readonly boolean[];
}

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test.each(Object.entries(ZONES))(
  'in %s every minute around the %i transitions of 2020 to 2040, and around each end of a window, is open exactly when Postgres says so',
  async (zone, transitions) => {
    const windows = WINDOWS.map((hours) => windowOf(`${hours} ${zone}`));
    const minutes: readonly Minute[] = await database.dataSource.query(ORACLE, [
      zone,
      JSON.stringify(windows.map(forPostgres)),
    ]);
    expect(minutes[0]?.transitions).toBe(transitions);
    const mismatches = minutes.filter(({ at, open }) =>
      windows.some((window, index) => isOpen(window, new Date(at)) !== open[index]),
    );
    expect(mismatches).toEqual([]);
    // Windows that are never open, or never shut, would prove nothing.
    const mixed = [...WINDOWS.keys()].filter(
      (index) => new Set(minutes.map(({ open }) => open[index])).size === 2,
    );
    expect(mixed.length).toBeGreaterThanOrEqual(3);
  },
);

test.each(Object.keys(ZONES))(
  'in %s vsecure knows no transition that Postgres lacks',
  async (zone) => {
    const days: readonly { at: number; shift: number }[] = await database.dataSource.query(
      `select extract(epoch from at)::float8 * 1000 as at,
       extract(epoch from at at time zone $1 - at at time zone 'UTC')::float8 / 60 as shift
     from generate_series(timestamptz '2020-01-01Z', timestamptz '2041-01-01Z', interval '1 day') at`,
      [zone],
    );
    const luxon = IANAZone.create(zone);
    expect(days.filter(({ at, shift }) => luxon.offset(at) !== shift)).toEqual([]);
  },
);

function forPostgres({ days, start, end }: TimeWindow, place: number) {
  return { place, days, start, stop: end > start ? end : end + 24 * 60 };
}
