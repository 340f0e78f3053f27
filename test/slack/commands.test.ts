/** `/vsecure`: every sub-command is answered to the person who typed it, and unknown input gets help. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_URL, unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import { asObject, asString, type JsonObject, parseJson } from '../support/slack/json.js';
import { readBytes } from '../support/slack/request-body.js';
import { until } from '../support/until.js';
import { type Asking, createAsking, rowsOf, wordsIn } from './asking.js';
import { hostileText } from './hostile.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let asking: Asking;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;

beforeAll(async () => {
  scene = await openScene();
  asking = createAsking(scene);
  await scene.services.policy();
  await scene.services.secret();
  agent = await scene.services.agent();
  await scene.slack.start();
});
afterAll(() => scene.close());

const ask = (name = `R${crypto.randomUUID().slice(0, 8)}`) =>
  scene.services.ask(agent.caller, { resources: [`vsecure://secrets/production/${name}`] });
const approve = async (id: Awaited<ReturnType<typeof ask>>['id']) => {
  const decider = await scene.services.decider('alice@example.com');
  unwrap(await scene.services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
  const grant = await scene.services.store.grants.ofApproval(id);
  if (!grant) throw new Error('an approval without a grant');
  return grant;
};

describe('help', () => {
  test.each(['', 'help', '  HELP '])('is the answer to "%s"', async (text) => {
    const words = wordsIn(await asking.command('mallory', text));
    for (const name of ['approvals', 'audit', 'grants', 'revoke', 'resources', 'metrics', 'whoami'])
      expect(words).toContain(`/vsecure ${name}: `);
  });

  test('about one command has its usage and examples', async () => {
    const words = wordsIn(await asking.command('alice', 'help audit'));
    expect(words).toContain('--group-by resource');
    expect(words).toContain('/vsecure audit production/* --since 24h');
  });

  test.each([
    ['aduit', 'Did you mean /vsecure audit?'],
    ['aprove appr_1', '/vsecure aprove is not a command.'],
    ['frobnicate', '/vsecure help: '],
    ['help adit', 'Did you mean audit?'],
    ['audit --sinse 24h', 'Did you mean --since?'],
    ['audit --action secret_raed', 'Did you mean secret_read?'],
    ['audit --since yesterday', 'Examples: 24h (ago)'],
    ['audit a b', 'is not expected here'],
    ['audit "production', 'not closed'],
    ['approvals --status done', 'Use one of: pending, approved'],
    ['metrics --since', 'Example: --since 7d'],
    ['revoke', 'Usage: /vsecure revoke <id> <reason>'],
    ['revoke xyz because', 'is not the id of a grant'],
    ['grants now', 'Usage: /vsecure grants'],
  ])('is the answer to "%s", with the correct usage', async (text, expected) => {
    expect(wordsIn(await asking.command('alice', text))).toContain(expected.replaceAll('"', '\\"'));
  });
});

describe('hostile arguments', () => {
  test.each([
    ['SQL', `audit "'; drop table audit_event; --" --actor "x' or '1'='1"`],
    ['ten thousand characters', `audit ${'x'.repeat(10_000)}`],
    ['more than that', 'audit '.repeat(5000)],
    ['NUL', 'audit production/\0 --actor a\0b'],
    ['text from right to left', 'audit \u202E*/noitcudorp'],
    ['a mention of the whole channel', '<!channel> &lt;!everyone&gt; <@U01|x>'],
    ['a name of every object', 'constructor --__proto__ x'],
    ['an unknown actor', 'audit --actor <@U0NOBODY|x>'],
  ])('%s are answered, and only to the person who typed them', async (_, text) => {
    const answer = await asking.command('alice', text);
    expect(answer['response_type']).toBe('ephemeral');
    expect(wordsIn(answer)).not.toContain('Something went wrong');
  });

  test('no text leads to an answer that Slack refuses or that mentions a person', async () => {
    const typed = fc.tuple(
      fc.constantFrom(
        '',
        'audit ',
        'audit --actor ',
        'help ',
        'revoke grnt_1 ',
        'approvals --status ',
      ),
      hostileText,
    );
    await fc.assert(
      fc.asyncProperty(typed, async ([command, text]) => {
        const answer = await asking.command('alice', command + text);
        expect(wordsIn(answer)).not.toContain('Something went wrong');
      }),
      { numRuns: 60 },
    );
    expect(asking.problems()).toEqual([]);
  });
});

describe('approvals', () => {
  test('are listed with the requested access, the requester and the status', async () => {
    const { id } = await ask('LISTED');
    const [row = []] = rowsOf(await asking.command('alice', 'approvals --status=pending'));
    expect(row).toContain('read production/LISTED, 1h');
    expect(row).toContain('claude-desktop of bob@example.com');
    expect(row).toContain('pending');
    expect(row).toContain(id);
  });

  test('are shown in the reader’s time zone', async () => {
    const answer = await asking.command('alice', 'approvals');
    expect(wordsIn(answer)).toContain('"format":"{date_short_pretty} {time}"');
  });
});

describe('grants and revoke', () => {
  test('an approver revokes a grant by its id, and the reason is recorded', async () => {
    const grant = await approve((await ask()).id);
    const listed = rowsOf(await asking.command('alice', 'grants'));
    expect(listed.flat()).toContain(grant.id);
    const answer = await asking.command('alice', `revoke ${grant.id} it's over, “really” & truly`);
    expect(wordsIn(answer)).toContain(`Revoked ${grant.id}`);
    expect(await scene.services.store.grants.find(grant.id)).toMatchObject({
      status: 'revoked',
      endReason: "it's over, “really” & truly",
    });
    expect(wordsIn(await asking.command('alice', `revoke ${grant.id} again`))).toContain(
      'The access was revoked',
    );
  });

  test('the owner of the key revokes it by the id of the request', async () => {
    const { id } = await ask();
    const grant = await approve(id);
    await asking.command('bob', `revoke ${id} "not me"`);
    expect((await scene.services.store.grants.find(grant.id))?.status).toBe('revoked');
  });

  test('another person can neither revoke it nor find out whether it exists', async () => {
    await scene.services.person('mallory@example.com');
    const { id } = await ask();
    const grant = await approve(id);
    const nothing = `grnt_${'0'.repeat(22)}`;
    const answers = [];
    for (const which of [grant.id, id, nothing])
      answers.push(wordsIn(await asking.command('mallory', `revoke ${which} mine now`)));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('Not found, or you have no access');
    expect((await scene.services.store.grants.find(grant.id))?.status).toBe('active');
  });
});

describe('audit', () => {
  test('filters by pattern, action, actor and time', async () => {
    await scene.services.useCases.readSecret(agent.caller, { resource: DATABASE_URL });
    const rows = async (text: string) => rowsOf(await asking.command('alice', `audit ${text}`));
    const refused = await rows('production/DATABASE_URL --action read_refused --since 1h');
    expect(refused[0]).toContain('claude-desktop (agent key of bob@example.com)');
    expect(await rows('production/DATABASE_URL --action read_refused --until 1h')).toEqual([]);
    expect(await rows('staging/*')).toEqual([]);
    const alice = scene.emulate.users['alice'];
    const votes = await rows(`--actor <@${alice}|alice> --action vote_cast`);
    expect(votes.length).toBeGreaterThan(0);
    expect(votes.every((row) => row[2]?.startsWith('alice@example.com'))).toBe(true);
    expect(votes[0]?.[3]).toMatch(
      /^(approve|deny); read; for claude-desktop \(agent key of bob@example.com\)$/,
    );
  });

  test('is counted by resource in bars', async () => {
    await ask('OFTEN');
    await ask('OFTEN');
    await ask('SELDOM');
    const words = wordsIn(
      await asking.command('alice', 'audit production/* --since 1h --group-by resource'),
    );
    expect(words).toMatch(/█+ 2 production\/OFTEN/);
    expect(words).toMatch(/█+ 1 production\/SELDOM/);
    expect(wordsIn(await asking.command('alice', 'audit --group-by actor'))).toContain(
      'Use one of: resource',
    );
  });

  test('shows an agent’s hostile text as plain text in its own cell', async () => {
    const reason = '<!channel> *approved* by <@U01ALICE> https://evil.example \u202Eevil';
    await scene.services.ask(agent.caller, {
      resources: ['vsecure://secrets/production/EVIL'],
      reason,
    });
    const answer = await asking.command('alice', 'audit production/EVIL');
    const [row = []] = rowsOf(answer);
    expect(row.at(-1)).toBe(
      'unverified: “<!channel> *approved* by <@U01ALICE> hxxps[:]//evil.example ▯evil”',
    );
    expect(asString(answer['text'])).toContain('&lt;!channel&gt;');
  });

  test('quotes and marks an agent’s text, so that it cannot look like further fields', async () => {
    await scene.services.ask(agent.caller, {
      resources: ['vsecure://secrets/production/FIELDS'],
      reason: 'ok” · alice@example.com (slack) · approved; read · “',
    });
    const answer = await asking.command('alice', 'audit production/FIELDS');
    const expected = "unverified: “ok' · alice@example.com (slack) · approved; read · '”";
    expect(rowsOf(answer)[0]?.at(-1)).toBe(expected);
    expect(asString(answer['text'])).toContain(` · ${expected}\n`);
    expect(wordsIn(answer)).toContain('{date_short_pretty} {time_secs}');
  });
});

describe('pages', () => {
  const sequences = (answer: JsonObject) => rowsOf(answer).map((row) => row.join('|'));

  test('a button replaces the page with the next one, and another returns to the first', async () => {
    for (let n = 0; n < 12; n += 1) await ask();
    const first = await asking.command('alice', 'audit --action approval_requested');
    const second = await asking.click('alice', first, 'page_next');
    expect(second['replace_original']).toBe(true);
    expect(sequences(second).some((row) => sequences(first).includes(row))).toBe(false);
    expect(sequences(second).length).toBeGreaterThan(0);
    const again = await asking.click('alice', second, 'page_first');
    expect(sequences(again)).toEqual(sequences(first));
  });

  test('that another person turns show only what that person may see', async () => {
    const first = await asking.command('alice', 'audit --action approval_requested');
    const stolen = await asking.click('mallory', first, 'page_next');
    expect(rowsOf(stolen)).toEqual([]);
    expect(wordsIn(stolen)).toContain('No such events that you may see');
    const approvals = await asking.command('alice', 'approvals');
    expect(rowsOf(await asking.click('mallory', approvals, 'page_next'))).toEqual([]);
  });

  test('a forged button reads nothing that is hidden and revokes nothing', async () => {
    const grant = await approve((await ask()).id);
    const forged = [
      JSON.stringify({ text: `revoke ${grant.id} by a button` }),
      JSON.stringify({ text: 'audit', after: '9'.repeat(40) }),
      JSON.stringify({ text: 'audit', after: '1; drop table grant' }),
      JSON.stringify({ text: 'audit', visibility: 'everything' }),
      'nonsense',
      '',
    ];
    for (const value of forged) {
      const answer = await asking.click('alice', {}, 'page_next', value);
      expect(wordsIn(answer)).not.toContain('Something went wrong');
    }
    expect((await scene.services.store.grants.find(grant.id))?.status).toBe('active');
  });

  test('a query that is too long for a button is answered without page buttons', async () => {
    const actor = 'x'.repeat(1900);
    const answer = await asking.command('alice', `audit --action approval_requested --since 30d`);
    expect(findAction(answer, 'page_next')).toBeDefined();
    const long = await asking.command('alice', `audit --actor ${actor}`);
    expect(findAction(long, 'page_next')).toBeUndefined();
  });
});

test('metrics count requests, and say how and how fast they were decided', async () => {
  const words = wordsIn(await asking.command('alice', 'metrics --since 24h'));
  expect(words).toMatch(/Requests: \d+ · \d+ pending/);
  expect(words).toMatch(/Decided by people: \d+ · median time to decision: /);
  expect(words).toMatch(/Decided in under 3 s: \d+/);
  expect(
    wordsIn(await asking.command('alice', 'metrics --since 2020-01-01 --until 2020-01-02')),
  ).toContain('No requests.');
});

test('resources lists the policies under which a person approves or requests access', async () => {
  const [row = []] = rowsOf(await asking.command('alice', 'resources'));
  expect(row.slice(0, 5)).toEqual(['production/*', '–', 'read', 'one person', '8h']);
  expect(rowsOf(await asking.command('bob', 'resources'))).toHaveLength(1);
});

test('whoami shows the person and the Slack account', async () => {
  const { teamId, users } = scene.emulate;
  expect(wordsIn(await asking.command('alice', 'whoami'))).toContain(
    `You are alice@example.com (member). Slack account: ${teamId}/${users['alice']}`,
  );
});

test('where Slack refuses the table, the same rows are shown as text', async () => {
  const bodies: JsonObject[] = [];
  const older = createServer(async (request, response) => {
    const body = asObject(parseJson((await readBytes(request)).toString()));
    bodies.push(body);
    const refused = JSON.stringify(body).includes('"data_table"');
    response.writeHead(refused ? 400 : 200).end(refused ? 'invalid_blocks' : 'ok');
  }).listen(0, '127.0.0.1');
  await once(older, 'listening');
  const { port } = older.address() as AddressInfo;
  try {
    await ask('AS_TEXT');
    await scene.driver.command({
      user: scene.emulate.users['alice'] ?? '',
      text: 'approvals',
      channel: scene.emulate.channelId,
      responseUrl: `http://127.0.0.1:${port}/respond`,
    });
    const shown = await until('the second form', () => bodies[1]);
    expect(wordsIn(shown)).toContain(
      'read production/AS_TEXT, 1h · claude-desktop of bob@example.com · pending',
    );
  } finally {
    older.close();
  }
});

test('no answer broke a limit of Slack or was visible to another person', () => {
  expect(asking.problems()).toEqual([]);
});
