/** `mcp:audit`: shows, filters, counts and exports audit events. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { bar } from '../../src/cli/bar-chart.js';
import { HOUR } from '../../src/domain/limits.js';
import { VSecureClient } from '../../src/sdk/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { startProgram, vsecure } from '../support/vsecure.js';
import { run } from './terminal.js';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
  const apiKey = serving.services.adminToken;
  const { secrets } = new VSecureClient({ url: serving.server.url, apiKey });
  for (const name of ['OFTEN', 'OFTEN', 'OFTEN', 'ONCE'])
    await secrets.set(`production/${name}`, 'a value');
});
afterAll(() => serving.close());

const audit = (...argv: string[]) =>
  run({ url: serving.server.url, token: serving.services.adminToken }, 'mcp:audit', ...argv);

test('--group-by resource counts the events of each resource, most used first, with a bar', async () => {
  const { exit, out } = await audit('--group-by', 'resource', '--since', '24h');
  expect(exit).toBe(0);
  expect(out.split('\n')).toEqual([
    'RESOURCE                            COUNT',
    `vsecure://secrets/production/OFTEN  3      ${'█'.repeat(30)}`,
    `vsecure://secrets/production/ONCE   1      ${'█'.repeat(10)}`,
  ]);
});

test('--resource narrows the counted events, and --json prints the counts', async () => {
  const { out } = await audit('--group-by', 'resource', '--resource', 'production/ONCE', '--json');
  expect(JSON.parse(out)).toEqual([{ resource: 'vsecure://secrets/production/ONCE', count: 1 }]);
  const nothing = await audit('--group-by', 'resource', '--resource', 'staging/*');
  expect(nothing).toMatchObject({ exit: 0, out: '', err: 'No matching events.' });
});

test('the table and --follow say the verdict, the operation, the key and what changed in a policy', async () => {
  const { services, server } = serving;
  const following = startProgram(['mcp:audit', '--follow'], {
    env: { VSECURE_URL: server.url, VSECURE_API_KEY: services.adminToken },
  });
  // It begins with the newest event.
  await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain('secret_written');
  await services.policy({ maxDuration: HOUR });
  await services.policy({ maxDuration: 2 * HOUR });
  const { caller } = await services.agent('claude-desktop');
  const alice = { url: server.url, token: (await services.human('alice@example.com')).token };
  for (const [verdict, name] of [
    ['approve', 'A'],
    ['deny', 'B'],
  ] as const) {
    const resources = [`vsecure://secrets/production/${name}`];
    const { id } = await services.ask(caller, { resources });
    await run(alice, `mcp:${verdict}`, id, '--reason', 'because');
  }
  const { out } = await audit();
  const key = 'for claude-desktop (agent key of bob@example.com)';
  const SAYS = [`approved; read; ${key}`, `denied; read; ${key}`, 'maxDuration: 1h → 2h'];
  for (const text of SAYS) expect(out).toContain(text);
  for (const text of SAYS)
    await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain(text);
  await following.end('SIGINT');
});

test('--verdict, --entry-point and --action show only what they name', async () => {
  const types = async (...argv: string[]) => {
    const { out } = await audit(...argv, '--json');
    return new Set(events.parse(JSON.parse(out)).map(({ type, door }) => `${type} ${door}`));
  };
  expect(await types('--verdict', 'deny')).toEqual(
    new Set(['vote_cast api', 'approval_decided api']),
  );
  expect(await types('--verdict', 'deny', '--action', 'vote_cast')).toEqual(
    new Set(['vote_cast api']),
  );
  expect(await types('--entry-point', 'slack')).toEqual(new Set());
  expect(await types('--entry-point', 'api', '--actor', 'alice@example.com')).toEqual(
    new Set(['vote_cast api', 'approval_decided api', 'access_granted api']),
  );
});

const events = z.array(
  z.object({ sequence: z.int(), at: z.string(), type: z.string(), door: z.string().optional() }),
);

test('the events of one decision have one time and stand in the order in which they happened', async () => {
  const { out } = await audit('--actor', 'alice@example.com', '--verdict', 'approve', '--json');
  const at = events.parse(JSON.parse(out))[0]?.at ?? '';
  const all = events.parse(JSON.parse((await audit('--json')).out)).filter((one) => one.at === at);
  expect(all.map(({ type }) => type)).toEqual(['access_granted', 'approval_decided', 'vote_cast']);
  const table = (await audit('--actor', 'alice@example.com')).out.split('\n');
  const shown = all.map(
    ({ sequence }) => `${sequence}  `.padEnd(7) + at.slice(0, 19).replace('T', ' '),
  );
  const from = table.findIndex((line) => line.startsWith(shown[0] ?? 'none'));
  expect(table.slice(from, from + 3).map((line) => line.slice(0, 26))).toEqual(shown);
});

test('an AI tool’s reason is quoted and marked, so that it cannot look like another column', async () => {
  const { caller } = await serving.services.agent('liar');
  const reason = 'needed”  approved; read  “';
  await serving.services.ask(caller, { resources: ['vsecure://secrets/production/LIAR'], reason });
  const { out } = await audit('--actor', 'liar');
  expect(out).toContain("  unverified: “needed'  approved; read  '”");
  expect((await audit('--verdict', 'deny')).out).toContain('  “because”');
});

test('--group-by counts by actor, action, outcome and hour, as the list shows them', async () => {
  const counts = async (field: string) =>
    z
      .array(z.strictObject({ name: z.string(), count: z.int() }))
      .parse(JSON.parse((await audit('--group-by', field, '--json')).out));
  const listed = events.parse(JSON.parse((await audit('--limit', '1000', '--json')).out));
  for (const field of ['actor', 'action', 'outcome', 'hour']) {
    const all = await counts(field);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(listed.length);
  }
  expect(await counts('action')).toContainEqual({ name: 'secret_written', count: 4 });
  expect(await counts('outcome')).toContainEqual({ name: 'denied', count: 1 });
  const hours = (await counts('hour')).map(({ name }) => name);
  expect(hours).toEqual([...new Set(listed.map(({ at }) => `${at.slice(0, 13)}:00:00Z`))]);
  expect((await audit('--group-by', 'hour')).out).toMatch(
    /^HOUR \(UTC\) +COUNT\n20\S+:00:00Z +\d+ +█/,
  );
});

test('--csv prints every event, and no cell that a spreadsheet computes', async () => {
  const { services, server } = serving;
  const env = { VSECURE_URL: server.url, VSECURE_API_KEY: services.adminToken };
  const { caller } = await services.agent('spreadsheet');
  const reasons = [
    '=cmd()|"harmless text"',
    '+1 harmless text',
    '-1 harmless text',
    '@SUM(A1) harmless',
    '\t=1 harmless text',
    'a "quoted", text\nof two lines',
  ];
  for (const [at, reason] of reasons.entries())
    await services.ask(caller, { resources: [`vsecure://secrets/production/R${at}`], reason });
  const { exit, stdout } = await vsecure(['mcp:audit', '--csv'], { env });
  expect(exit).toBe(0);
  expect(stdout.endsWith('\r\n')).toBe(true);
  const [head, ...rows] = parsedCsv(stdout);
  expect(head?.slice(0, 4)).toEqual(['sequence', 'time', 'action', 'actor']);
  expect(rows.every((row) => row.length === head?.length)).toBe(true);
  const written = rows.map((row) => row[head?.indexOf('reason') ?? 0]);
  expect(written.slice(0, reasons.length).toReversed()).toEqual([
    `'=cmd()|"harmless text"`,
    `'+1 harmless text`,
    `'-1 harmless text`,
    `'@SUM(A1) harmless`,
    expect.stringMatching(/^'/),
    'a "quoted", text\nof two lines',
  ]);
  const all = events.parse(JSON.parse((await audit('--limit', '1000', '--json')).out));
  expect(rows.map(([sequence]) => Number(sequence))).toEqual(all.map(({ sequence }) => sequence));
  const limited = await vsecure(['mcp:audit', '--csv', '--limit', '2'], { env });
  expect(parsedCsv(limited.stdout)).toHaveLength(3);
});

/** RFC 4180: records end with CR LF, a quote within quotes is doubled. */
function parsedCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') records.push([]);
  }
  return records.slice(0, -1);
}

test('--jsonl prints the chain so that a reader with a hash function can compute it', async () => {
  const { services, server } = serving;
  const env = { VSECURE_URL: server.url, VSECURE_API_KEY: services.adminToken };
  const { exit, stdout } = await vsecure(['mcp:audit', '--jsonl'], { env });
  expect(exit).toBe(0);
  const links = stdout
    .trimEnd()
    .split('\n')
    .map((line) => link.parse(JSON.parse(line)));
  let previous = createHash('sha256').update(services.installation).digest();
  for (const [at, { sequence, canonical, hash, previous: stated }] of links.entries()) {
    expect({ sequence, stated }).toEqual({ sequence: at + 1, stated: previous.toString('hex') });
    const event = Buffer.from(canonical, 'utf8');
    const numbers = Buffer.alloc(12);
    numbers.writeBigUInt64BE(BigInt(sequence));
    numbers.writeUInt32BE(event.length, 8);
    previous = createHash('sha256')
      .update('\0vsecure/audit/1')
      .update(numbers.subarray(0, 8))
      .update(previous)
      .update(numbers.subarray(8))
      .update(event)
      .digest();
    expect(hash).toBe(previous.toString('hex'));
    expect(JSON.parse(canonical)).toMatchObject({ sequence });
  }
  const { out } = await audit('--limit', '1');
  expect(out.split('\n')[1]?.startsWith(`${links.length} `)).toBe(true);
  const narrowed = await audit('--jsonl', '--actor', 'alice@example.com');
  expect(narrowed).toMatchObject({ exit: 2, out: '' });
  expect(narrowed.err).toContain("'--jsonl' cannot be used with option '--actor <name>'");
});

const link = z.strictObject({
  sequence: z.int(),
  canonical: z.string(),
  hash: z.string(),
  previous: z.string(),
});

test('--group-by refuses an unknown field, and --limit shortens the list', async () => {
  expect((await audit('--group-by', 'colour')).exit).toBe(2);
  const { out, err } = await audit('--group-by', 'resource', '--limit', '1');
  expect(out).not.toContain('ONCE');
  expect(err).toContain('There may be more');
});

test('a bar is proportional to its count, and a count above zero always has a bar', () => {
  expect([0, 1, 500, 1000].map((count) => bar(count, 1000).length)).toEqual([0, 1, 15, 30]);
});
