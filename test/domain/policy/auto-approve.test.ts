import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../../src/domain/limits.js';

import {
  explainAutoApproval,
  isReadable,
  judgeAutoApproval,
} from '../../../src/domain/policy/auto-approve.js';
import type { AutoApprovalQuestion } from '../../../src/domain/policy/conditions/condition.js';
import type { AutoApproveConditions } from '../../../src/domain/policy/conditions/index.js';
import { windowOf } from '../policy-fixture.js';

const office = windowOf('Mon-Fri 09:00-17:00 PST');
const duty = windowOf('Sat 10:00-12:00 UTC');
const OPEN = new Date('2026-03-02T20:00:00Z');
const SHUT = new Date('2026-03-02T05:00:00Z');

const question: AutoApprovalQuestion = {
  requester: 'claude-desktop',
  operation: 'read',
  duration: HOUR,
  at: OPEN,
};

const ALL = {
  timeWindow: [office],
  requester: ['claude-desktop'],
  operations: ['read'],
  maxDuration: HOUR,
} satisfies AutoApproveConditions;

const judged = (conditions: AutoApproveConditions, asked: Partial<AutoApprovalQuestion> = {}) =>
  judgeAutoApproval({ enabled: true, conditions }, { ...question, ...asked });

test.each<[AutoApproveConditions, Partial<AutoApprovalQuestion>, string]>([
  [{}, {}, 'auto-approved: the policy sets no condition'],
  [{ timeWindow: [office] }, {}, 'auto-approved: within Mon-Fri 09:00-17:00 America/Los_Angeles'],
  [
    { timeWindow: [office] },
    { at: SHUT },
    'not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles',
  ],
  [
    { timeWindow: [office, duty] },
    { at: new Date('2026-03-07T11:00:00Z') },
    'auto-approved: within Sat 10:00-12:00 UTC',
  ],
  [
    { timeWindow: [office, duty] },
    { at: SHUT },
    'not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles, Sat 10:00-12:00 UTC',
  ],
  [{ requester: ['ci-bot', 'claude-desktop'] }, {}, 'auto-approved: requested by claude-desktop'],
  [
    { requester: ['ci-bot'] },
    {},
    'not auto-approved: requested by claude-desktop, which is not one of ci-bot',
  ],
  [
    { requester: ['claude-desktop'] },
    { requester: 'claude' },
    'not auto-approved: requested by claude, which is not one of claude-desktop',
  ],
  [
    { requester: ['claude-desktop'] },
    { requester: 'Claude-Desktop' },
    'not auto-approved: requested by Claude-Desktop, which is not one of claude-desktop',
  ],
  [{ operations: ['read', 'list'] }, {}, 'auto-approved: read requested'],
  [
    { operations: ['read', 'list'] },
    { operation: 'write' },
    'not auto-approved: write requested, only read, list',
  ],
  [{ maxDuration: HOUR }, {}, 'auto-approved: 1h requested, at most 1h'],
  [{ maxDuration: HOUR }, { duration: 2 * HOUR }, 'not auto-approved: 2h requested, at most 1h'],
  [
    ALL,
    { at: SHUT, duration: 90 * MINUTE },
    'not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles; 1h30m requested, at most 1h',
  ],
])('auto-approval under %j of a request with %j reports: %s', (conditions, asked, says) => {
  const report = judged(conditions, asked);
  expect(explainAutoApproval(report)).toBe(says);
  expect(report.granted).toBe(says.startsWith('auto-approved'));
});

test('the report of auto-approval lists the conditions that held and those that failed', () => {
  expect(judged(ALL, { operation: 'delete', at: SHUT })).toEqual({
    granted: false,
    held: [
      { condition: 'requester', text: 'requested by claude-desktop' },
      { condition: 'maxDuration', text: '1h requested, at most 1h' },
    ],
    failed: [
      { condition: 'timeWindow', text: 'outside Mon-Fri 09:00-17:00 America/Los_Angeles' },
      { condition: 'operations', text: 'delete requested, only read' },
    ],
  });
});

test('auto-approval that is off or absent grants nothing, even if every condition holds', () => {
  for (const auto of [undefined, { enabled: false, conditions: ALL }]) {
    const report = judgeAutoApproval(auto, question);
    expect(report).toEqual({ granted: false, held: [], failed: [] });
    expect(explainAutoApproval(report)).toBe('not auto-approved: the policy does not allow it');
  }
});

test.each<keyof AutoApproveConditions>(['timeWindow', 'requester', 'operations'])(
  'an auto-approval condition %s with an empty list never holds',
  (condition) => {
    const report = judged({ ...ALL, [condition]: [] });
    expect(report.granted).toBe(false);
    expect(report.failed).toMatchObject([
      { condition, text: expect.stringContaining('empty list') },
    ]);
  },
);

test('auto-approval grants exactly the requests that every condition of the policy allows', () => {
  const conditions = fc.record(
    {
      timeWindow: fc.constantFrom([office], [duty], [office, duty]),
      requester: fc.subarray(['claude-desktop', 'ci-bot']),
      operations: fc.subarray(['read', 'write'] as const),
      maxDuration: fc.integer({ min: MINUTE, max: 3 * HOUR }),
    },
    { requiredKeys: [] },
  );
  const asked = fc.record({
    requester: fc.constantFrom('claude-desktop', 'ci-bot', 'other'),
    operation: fc.constantFrom('read', 'write', 'delete'),
    duration: fc.integer({ min: MINUTE, max: 3 * HOUR }),
    at: fc.constantFrom(OPEN, SHUT),
  });
  fc.assert(
    fc.property(conditions, asked, (given, wanted) => {
      const allowed =
        (given.timeWindow?.includes(office) ?? true) &&
        (given.timeWindow === undefined || wanted.at === OPEN) &&
        (given.requester?.includes(wanted.requester) ?? true) &&
        (given.operations?.some((one) => one === wanted.operation) ?? true) &&
        wanted.duration <= (given.maxDuration ?? Number.POSITIVE_INFINITY);
      const report = judged(given, wanted);
      expect(report.granted).toBe(allowed);
      expect(report.held.length + report.failed.length).toBe(Object.keys(given).length);
    }),
  );
});

// As rows might come back from a database that was restored, edited by hand or written by a later version.
test.each([
  ['a zone that this machine does not know', { timeWindow: [{ ...office, zone: 'Mars/Olympus' }] }],
  ['one bad window behind a good one', { timeWindow: [office, { ...office, zone: 'x' }] }],
  ['days that are text', { timeWindow: [{ ...office, days: '12345' }] }],
  ['hours that are nothing', { timeWindow: [{ ...office, start: null, end: null }] }],
  ['a window without days', { timeWindow: [{ ...office, days: null }] }],
  ['null for a list', { requester: null }],
  ['text for a list of names', { requester: 'claude-desktop and ci-bot' }],
  ['text for a list of operations', { operations: 'read' }],
  ['text for a duration', { maxDuration: '9999999999' }],
  ['not a number', { maxDuration: Number.NaN }],
  ['a condition of a later version', { ipRange: ['10.0.0.0/8'] }],
  ['the name of something every object has', JSON.parse('{ "__proto__": [], "toString": [] }')],
])('a stored condition with %s is left to a person', (_, damaged) => {
  const report = judged({ ...ALL, ...damaged });
  expect(report.granted).toBe(false);
  expect(report.failed[0]?.text).toMatch(/could not be evaluated$/);
});

test('auto-approval without stored conditions is left to a person', () => {
  const damaged = JSON.parse('{ "enabled": true }');
  expect(explainAutoApproval(judgeAutoApproval(damaged, question))).toBe(
    'not auto-approved: conditions could not be evaluated',
  );
});

test.each(['[]', '1', '"none"', 'null'])(
  'auto-approval whose stored conditions are %s is left to a person',
  (conditions) => {
    const damaged = JSON.parse(`{ "enabled": true, "conditions": ${conditions} }`);
    expect(judgeAutoApproval(damaged, question).granted).toBe(false);
    expect(isReadable(damaged)).toBe(false);
  },
);

test.each(['"false"', '1', 'null', '{}'])(
  'auto-approval whose stored switch is %s is off',
  (enabled) => {
    const damaged = JSON.parse(`{ "enabled": ${enabled}, "conditions": {} }`);
    expect(judgeAutoApproval(damaged, question).granted).toBe(false);
    expect(isReadable(damaged)).toBe(false);
  },
);

test('every set of conditions that an author can write is readable', () => {
  for (const conditions of [{}, ALL, { requester: [] }, { timeWindow: [office, duty] }])
    expect(isReadable({ enabled: true, conditions })).toBe(true);
});

test('a report of auto-approval is never longer than its column', () => {
  const requester = Array.from({ length: 100 }, (_, one) => `${'n'.repeat(120)}${one}`);
  expect(explainAutoApproval(judged({ requester }))).toHaveLength(2000);
});

test('a request at an invalid time is left to a person', () => {
  expect(judged(ALL, { at: new Date(Number.NaN) }).granted).toBe(false);
});
