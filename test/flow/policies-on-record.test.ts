/** What a change of policies records, and how concurrent changes end. */

import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/domain/limits.js';
import { unwrap } from '../support/services.js';
import { policyFixture } from './policy-fixture.js';

const { apply, at, services, one, rows } = policyFixture();

describe('records of a policy change', () => {
  interface Change {
    readonly policy_id: string;
    readonly version: number;
    readonly actor: string;
    readonly lines: string[];
    readonly loosens: string[];
  }
  interface Audited {
    readonly uri: string;
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
  }

  test('a policy change is described for its announcement, with everything that it loosens', async () => {
    unwrap(await apply({ 'a/*': { channel: 'C0PROD' } }));
    unwrap(await apply({ 'a/*': { channel: 'C0PROD', maxUses: 3 } }));
    unwrap(await apply({ 'a/*': { channel: 'C0PROD', permissions: ['read', 'write'] } }));
    unwrap(await apply({}, { prune: true }));
    const changes = await rows<Change>('select * from policy_change order by version');
    expect(
      changes.map(({ version, actor, lines, loosens }) => [
        version,
        actor,
        lines.slice(0, 3),
        loosens,
      ]),
    ).toEqual([
      [
        1,
        services().admin.principal.name,
        ['new policy', `uri: ${at('a/*')}`, `name: ${at('a/*')}`],
        ['new policy: this can now be requested'],
      ],
      [2, services().admin.principal.name, ['maxUses: unlimited → 3'], []],
      [
        3,
        services().admin.principal.name,
        ['permissions: read → read, write', 'maxUses: 3 → unlimited'],
        ['write can now be requested', 'one grant allows more reads'],
      ],
      [
        4,
        services().admin.principal.name,
        ['policy removed', `uri: ${at('a/*')}`, `name: ${at('a/*')}`],
        ['the next broader policy decides from now on, if there is one'],
      ],
    ]);
    const due = await services().slackOutbox.lease('slack_policy_change', 10, 60_000);
    expect(due.map(({ subject }) => subject).sort()).toEqual(
      changes.map(({ policy_id, version }) => `${policy_id}:${version}`),
    );
    const [first] = changes;
    const found = await services().store.policies.change(first?.policy_id as `plcy_${string}`, 2);
    expect(found).toMatchObject({ channel: 'C0PROD', uri: at('a/*'), loosens: [] });
  });

  test('the audit trail has the rules before and after a policy change', async () => {
    const windows = [
      { days: [1, 2], start: 0, end: 60, zone: 'UTC', text: 'Mon-Tue 00:00-01:00 UTC' },
    ];
    unwrap(await apply({ 'a/*': { maxUses: 3 } }));
    unwrap(
      await apply({
        'a/*': { autoApprove: { enabled: true, conditions: { timeWindow: windows } } },
      }),
    );
    unwrap(await apply({}, { prune: true }));
    const events = await rows<Audited>(
      `select body -> 'resources' ->> 0 as uri, body -> 'details' -> 'before' as before, body -> 'details' -> 'after' as after
       from audit_event where body ->> 'type' = 'policy_changed' order by sequence`,
    );
    const [created, changed, removed] = events;
    const auto = { enabled: true, conditions: { timeWindow: ['Mon-Tue 00:00-01:00 UTC'] } };
    expect(events.map(({ uri }) => uri)).toEqual(Array(3).fill(at('a/*')));
    expect(created).toMatchObject({ before: null, after: { version: 1, maxUses: 3 } });
    expect(changed).toMatchObject({
      before: { version: 1, maxUses: 3 },
      after: { version: 2, autoApprove: auto },
    });
    expect(changed?.after).not.toHaveProperty('maxUses');
    expect(removed).toMatchObject({ before: { version: 2, autoApprove: auto }, after: null });
  });
});

describe('concurrent policy sets', () => {
  const names = Array.from({ length: 8 }, (_, index) => `p${index}/*`);
  const set = (paths: readonly string[], maxUses: number) =>
    Object.fromEntries(paths.map((path) => [path, { maxUses }]));

  test('two concurrent policy sets over the same policies in opposite orders are applied one after the other', async () => {
    unwrap(await apply(set(names, 1)));
    const both = await Promise.all([
      apply(set(names, 2)),
      apply(set(names.toReversed(), 3)),
      apply(set(names, 4)),
    ]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true, true]);
    const uses = (await services().store.policies.list()).map(({ maxUses, version }) => [
      maxUses,
      version,
    ]);
    expect(uses).toEqual(Array(8).fill(uses[0]));
    expect(uses[0]?.[1]).toBe(4);
  });

  test('concurrent policy sets create each new policy once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map((uses) => apply(set(names, uses))));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    const all = answers.flatMap((answer) => unwrap(answer).map(({ outcome }) => outcome));
    expect(all.filter((outcome) => outcome === 'created')).toHaveLength(8);
    expect(await services().store.policies.list()).toHaveLength(8);
  });

  test('of two policy sets that remove each other, one remains', async () => {
    const [left, right] = [names.slice(0, 4), names.slice(4)];
    for (let round = 1; round <= 5; round += 1) {
      const answers = await Promise.all([
        apply(set(left, round), { prune: true }),
        apply(set(right, round), { prune: true }),
      ]);
      expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
      const stands = (await services().store.policies.list()).map(({ uri }) =>
        uri.slice(at('').length),
      );
      expect([left, right]).toContainEqual(stands);
    }
  });

  test('policy sets during requests and decisions do not deadlock', async () => {
    unwrap(await apply({ 'production/*': {} }));
    const { caller } = await services().agent();
    const alice = await services().decider('alice@example.com');
    const asking = async () => {
      for (let one = 0; one < 15; one += 1) {
        const { id } = await services().ask(caller, { duration: (one + 1) * MINUTE });
        const vote = () => services().useCases.decide(alice, { approval: id, verdict: 'approve' });
        for (let click = await vote(); !click.ok; click = await vote())
          expect(click.refusal.code).toBe('policy_changed');
      }
    };
    const writing = async () => {
      for (let uses = 1; uses <= 15; uses += 1)
        unwrap(await apply({ 'production/*': { maxUses: uses } }));
    };
    await Promise.all([asking(), writing(), writing()]);
    expect((await one('production/*')).version).toBeGreaterThan(15);
  });
});
