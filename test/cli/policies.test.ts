/** What an operator does with policies from a terminal, against the real server. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { unwrap } from '../support/services.js';
import { run, type TerminalOptions } from './terminal.js';

let serving: Serving;
let admin: TerminalOptions;
let agent: Caller;

beforeAll(async () => {
  serving = await startServing();
  admin = { url: serving.server.url, token: serving.services.adminToken };
  agent = (await serving.services.agent('claude-desktop')).caller;
});
afterAll(() => serving.close());

const policies = () => serving.services.useCases.showPolicies(serving.services.admin).then(unwrap);
const uris = async () => (await policies()).map(({ uri }) => uri);

function file(text: string | Uint8Array): string {
  const name = path.join(temporaryFolder('policies'), 'policies.yml');
  writeFileSync(name, text);
  return name;
}

const configure = (text: string | Uint8Array, ...flags: string[]) =>
  run(admin, 'mcp:configure', '-f', file(text), '--yes', ...flags);

describe('mcp:configure', () => {
  const PRODUCTION = `
# Production is for people to decide.
- uri: production/*
  name: Production
  approvers: [alice@example.com, carol@example.com]
  maxDuration: 2h
`;

  test('a dry run shows the difference and changes nothing', async () => {
    const ran = await configure(PRODUCTION, '--dry-run');
    expect(ran).toMatchObject({ exit: 0, err: 'Nothing was changed.', asked: [] });
    expect(ran.out).toContain('  vsecure://secrets/production/* (new)\n    uri: ');
    expect(ran.out).toContain('\n    approvers: alice@example.com, carol@example.com\n');
    expect(ran.out.split('\n').at(-1)).toBe('1 new.');
    expect(await policies()).toEqual([]);
  });

  test('a file of several YAML documents is put in force, short names allowed', async () => {
    const ran = await configure(`${PRODUCTION}
---
uri: vsecure://templates/**
requiresApproval: false
---
`);
    expect(ran).toMatchObject({ exit: 0, err: 'Done: 2 new.' });
    expect(await uris()).toEqual(['vsecure://secrets/production/*', 'vsecure://templates/**']);
    const listed = await run(admin, 'mcp:resources');
    expect(listed.out).toMatch(/^vsecure:\/\/secrets\/production\/\* +Production +read +required/m);
    expect(JSON.parse((await run(admin, 'mcp:resources', '--json')).out)).toHaveLength(2);
  });

  test('what is as it should be is not written again', async () => {
    const ran = await configure(PRODUCTION);
    expect(ran).toMatchObject({ exit: 0, err: 'There is nothing to change.', out: '1 unchanged.' });
    expect((await policies()).map(({ version }) => version)).toEqual([1, 1]);
  });

  const LOOSER = PRODUCTION.replace('2h', '4h');

  test('on a terminal it says first what loosens, then asks; anything but yes changes nothing', async () => {
    const before = await policies();
    for (const answer of ['', 'n', 'yes please']) {
      const terminal = { ...admin, answer: () => answer };
      const ran = await run(terminal, 'mcp:configure', '-f', file(LOOSER));
      expect(ran).toMatchObject({ exit: 1, asked: ['Apply these changes? [y/N] '] });
      expect(ran.out.split('\n').slice(0, 6)).toEqual([
        'Looser than before:',
        '  vsecure://secrets/production/*: grants may last longer',
        '',
        'Changes:',
        '  vsecure://secrets/production/* (changed)',
        '    maxDuration: 2h → 4h',
      ]);
      expect(await policies()).toEqual(before);
    }
    const yes = await run({ ...admin, answer: () => 'y' }, 'mcp:configure', '-f', file(LOOSER));
    expect(yes).toMatchObject({ exit: 0, err: 'Done: 1 changed.' });
    const skipped = await run(
      { ...admin, answer: () => 'n' },
      'mcp:configure',
      '-f',
      file(PRODUCTION),
      '--yes',
    );
    expect(skipped).toMatchObject({ exit: 0, asked: [] });
  });

  test('without a terminal a change that only tightens needs no --yes, and one that loosens shows the difference first', async () => {
    const argv = (text: string) => ['mcp:configure', '-f', file(text)];
    const tighter = await run(admin, ...argv(PRODUCTION.replace('2h', '1h')));
    expect(tighter).toMatchObject({ exit: 0, err: 'Done: 1 changed.' });
    const looser = await run(admin, ...argv(LOOSER));
    expect(looser).toMatchObject({
      exit: 2,
      out: expect.stringMatching(/^Looser than before:\n/),
      err: expect.stringContaining('Nothing was changed. There is no terminal to ask'),
    });
    expect(await run(admin, ...argv(LOOSER), '--json')).toMatchObject({ exit: 2, out: '' });
  });

  test('an approver who is almost a known person is questioned before anything is written', async () => {
    const before = await policies();
    const typo = PRODUCTION.replace('alice@example.com', 'alise@example.com');
    const terminal = { ...admin, answer: () => 'n' };
    const ran = await run(terminal, 'mcp:configure', '-f', file(typo));
    expect(ran.out).toContain(
      'vsecure does not know the approver alise@example.com. Did you mean alice@example.com?',
    );
    expect(await policies()).toEqual(before);
  });

  test('nothing is removed without --prune', async () => {
    expect((await configure(LOOSER)).exit).toBe(0);
    expect(await uris()).toContain('vsecure://templates/**');
    const ran = await configure(LOOSER, '--prune');
    expect(ran.out).toContain('vsecure://templates/** (removed)');
    expect(ran.err).toBe('Done: 1 unchanged, 1 removed.');
    expect(await uris()).toEqual(['vsecure://secrets/production/*']);
  });

  test('takes stdin for a file, and what the file does not say is set back to its default', async () => {
    const stdin = '[{"uri": "production/*"}]';
    const ran = await run({ ...admin, stdin }, 'mcp:configure', '-f', '-', '--yes', '--json');
    expect(JSON.parse(ran.out)).toMatchObject([{ outcome: 'changed' }]);
    expect((await policies())[0]).toMatchObject({ name: 'vsecure://secrets/production/*' });
  });

  const WRONG: Record<string, [text: string, ...says: string[]]> = {
    'an unknown rule': [
      '- uri: a/b\n  aproovers: [a@b.c]',
      'policies.yml:2: unknown field aproovers',
    ],
    'everything that is wrong, at once and in order': [
      '- uri: a/b\n  approvers:\n    - 7\n    - a@b.c\n  maxUses: 0\n---\nuri: a/c\nautoApprove:\n  enabled: true\n  conditions:\n    timeWindow:\n      - 9',
      'policies.yml:3: approvers[0]: a number is not an approver; use an e-mail address',
      'policies.yml:5: maxUses: expected a whole number from 1',
      'policies.yml:11: autoApprove.conditions.timeWindow: expected a time window',
    ],
    'a pattern twice': ['- uri: a/b\n- uri: vsecure://secrets/a/b', 'policies.yml:2: '],
    'no pattern': ['- name: x', 'policies.yml:1: uri: missing; expected a resource or pattern'],
    'words where policies should be': [
      'just words',
      'policies.yml:1: not a list of policies; use lines',
    ],
    'a list of words': ['- uri: a/b\n- production/*', 'policies.yml:2: expected a policy'],
    'no YAML': ['- uri: a/b\n- uri: [', 'policies.yml:2: not valid YAML'],
    'a key twice': ['- uri: a/b\n  uri: a/c', 'policies.yml:2: not valid YAML'],
    'a tag of a language': ['- !!js/function "x"', 'policies.yml:1: not valid YAML'],
    'an alias of nothing': ['- uri: *odd', 'not valid YAML'],
    nothing: ['', 'There is no policy in'],
    'no policy': ['# only words\n[]', 'There is no policy in'],
    'what only the server can tell, by line': [
      '- uri: a/b\n- uri: a/c\n  autoApprove:\n    enabled: true\n    conditions:\n      timeWindow: 09:00-17:00 UTC-8\n- uri: a/d\n  maxDuration: 30d',
      'policies.yml:6: autoApprove.conditions.timeWindow: "UTC-8" is not a time zone',
      'policies.yml:8: maxDuration: a duration out of range',
    ],
    'what contradicts itself, by line': [
      '- uri: a/b\n- uri: a/c\n  approvers: [a@b.c]\n  minApprovals: 2\n- uri: a/d\n  escalateAfter: 5m',
      'policies.yml:2: vsecure://secrets/a/c: minApprovals is 2',
      'policies.yml:5: vsecure://secrets/a/d: escalateTo and escalateAfter',
    ],
    'a pattern outside the grammar, by line': [
      '- uri: x/one\n- name: two\n  uri: x/**/two\n- uri: x/three',
      'policies.yml:3: uri: Not a valid resource: "**" may only be the last segment',
    ],
    'a lint, by line': [
      '- uri: a/b\n- uri: "**"\n  autoApprove: { enabled: true }\n- uri: vsecure://templates/**\n  autoApprove: { enabled: true }',
      'policies.yml:2: vsecure://secrets/**: Auto-approval without a condition',
      'policies.yml:4: vsecure://templates/**: Auto-approval without a condition',
    ],
  };
  test.each(Object.entries(WRONG))('changes nothing for %s', async (_name, [text, ...says]) => {
    const before = await policies();
    const ran = await configure(text, '--yes');
    expect(ran).toMatchObject({ exit: 1, out: '' });
    const places = says.map((sentence) => ran.err.indexOf(sentence));
    expect(Math.min(...places), ran.err).toBeGreaterThanOrEqual(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(await policies()).toEqual(before);
  });

  test('a small file that asks for a very large one is refused', async () => {
    const doubled = Array.from({ length: 12 }, (_, n) => `- &n${n + 1} [*n${n}, *n${n}, *n${n}]`);
    const ran = await configure(['- &n0 [a]', ...doubled].join('\n'));
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain('Excessive alias count');
  });

  test('a file that begins with a byte order mark is read; one that is not UTF-8 is refused', async () => {
    const marked = await configure(`\uFEFF${PRODUCTION}`, '--dry-run');
    expect(marked).toMatchObject({ exit: 0, err: 'Nothing was changed.' });
    for (const encoding of ['utf16le', 'latin1'] as const) {
      const ran = await configure(Buffer.from('\uFEFF- uri: a/é', encoding), '--dry-run');
      expect(ran).toMatchObject({ exit: 1, out: '' });
      expect(ran.err).toContain('is not UTF-8 text. Save it as UTF-8.');
    }
  });

  test('a file that is not there is said plainly', async () => {
    const ran = await run(admin, 'mcp:configure', '-f', '/nowhere/policies.yml');
    expect(ran).toMatchObject({ exit: 1 });
    expect(ran.err).toContain('cannot be read (ENOENT)');
  });

  test('a key that may not manage is told so', async () => {
    const { token } = await serving.services.human('dora@example.com');
    const ran = await run({ ...admin, token }, 'mcp:configure', '-f', file(PRODUCTION));
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain('resources:manage');
  });
});

const HOURS = `
- uri: hours/*
  approvers: [alice@example.com, carol@example.com]
  autoApprove:
    enabled: true
    conditions:
      timeWindow: Mon-Fri 09:00-17:00 PST
      requester: [claude-desktop]
`;

describe('mcp:explain', () => {
  beforeAll(async () => {
    expect((await configure(HOURS)).exit).toBe(0);
  });

  const explain = (...argv: string[]) => run(admin, 'mcp:explain', ...argv);
  const facts = ['--as', 'claude-desktop', '--at'];

  test('shows what would happen to a request of another key at another time, and why', async () => {
    const night = await explain('hours/KEY', 'read', ...facts, '2026-05-01T10:00:00Z');
    expect(night.exit).toBe(0);
    expect(night.out).toMatch(/^Outcome +a person decides$/m);
    expect(night.out).toContain(
      'not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles',
    );
    expect(night.out).toMatch(/^Conditions +holds: requester, requested by claude-desktop$/m);
    expect(night.out).toMatch(/^ +fails: timeWindow, outside/m);
    expect(night.out).toMatch(/^Approvers +alice@example.com, carol@example.com$/m);
    const day = await explain('hours/KEY', 'read', ...facts, '2026-05-01T18:00:00Z', '--json');
    expect(JSON.parse(day.out)).toMatchObject({ outcome: 'granted', conditions: { failed: [] } });
  });

  test('answers with a refusal, and does not fail, where the policy refuses the request', async () => {
    const ran = await explain('hours/KEY', 'write', '--as', 'claude-desktop');
    expect(ran).toMatchObject({ exit: 0 });
    expect(ran.out).toMatch(/^Outcome +refused \(not_permitted\)$/m);
  });

  test('fails for an unknown operation or key, and for text that is not a time', async () => {
    expect((await explain('hours/KEY', 'own')).exit).toBe(2);
    expect((await explain('hours/KEY', 'read', '--as', 'nobody')).exit).toBe(1);
    expect((await explain('hours/KEY', 'read', '--at', 'noon')).exit).toBe(1);
  });
});

describe('mcp:simulate', () => {
  test('lists the requests that would end differently, those that a person denied first', async () => {
    const ask = (name: string) =>
      serving.services.ask(agent, { resources: [`vsecure://secrets/past/${name}`] });
    await serving.services.policy({}, 'vsecure://secrets/past/*');
    const fine = await ask('FINE');
    const denied = await ask('DENIED');
    const alice = await serving.services.decider('alice@example.com');
    unwrap(
      await serving.services.useCases.decide(alice, {
        approval: denied.id,
        verdict: 'deny',
        reason: 'not today',
      }),
    );
    const name = file('- uri: past/*\n  requiresApproval: false');
    const before = await policies();
    const ran = await run(admin, 'mcp:simulate', '-f', name, '--since', '1h');
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain(
      '2 went to a person and would be granted at once; a person denied 1 of them.',
    );
    const rows = ran.out.split('\n').filter((line) => line.startsWith('appr_'));
    expect(rows.map((row) => row.split(' ')[0])).toEqual([denied.id, fine.id]);
    expect(rows[0]).toMatch(/went to a person: denied +granted at once$/);
    const json = await run(admin, 'mcp:simulate', '-f', name, '--since', '1h', '--json');
    const found = JSON.parse(json.out);
    expect(found).toMatchObject({ askedToGranted: 2, grantedThoughDenied: 1, unlisted: 0 });
    const ids = found.changes.map(({ approval }: { approval: ApprovalId }) => approval);
    expect(ids).toEqual([fine.id, denied.id]);
    expect(await policies()).toEqual(before);
  });

  test('reports the problems of a file by line', async () => {
    const ran = await run(admin, 'mcp:simulate', '-f', file('- uri: a/b\n  maxUses: 0'));
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain('policies.yml:2: maxUses');
  });
});
