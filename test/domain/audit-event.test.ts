/** What is hashed of an event: an allow-listed shape, and nothing that is absent. */

import { describe, expect, test } from 'vitest';
import {
  type AuditEvent,
  canonicalEvent,
  keyActor,
  personActor,
  systemActor,
} from '../../src/domain/audit-event.js';
import { canonicalJson, type Json } from '../../src/domain/canonical-json.js';
import { EVENT_TYPES } from '../../src/domain/vocabulary.js';
import { person } from './decision-fixture.js';

const AT = '2026-05-01T12:00:00.123456Z';
const actor = systemActor('a test');
const whole: Required<Omit<AuditEvent, 'type'>> = {
  actor,
  approval: 'appr_1',
  grant: 'grnt_1',
  principal: 'prin_1',
  resources: ['vsecure://secrets/a'],
  operation: 'read',
  entryPoint: 'slack',
  refusal: 'expired',
  reason: 'because',
  details: { a: 1 },
};
/** The canonical form keeps the field name of the first release. */
const storedName = (field: string) => (field === 'entryPoint' ? 'door' : field);
const keys = (event: AuditEvent) => Object.keys(JSON.parse(canonicalEvent(event, 1, AT)));

describe.each(EVENT_TYPES)('%s', (type) => {
  test('a minimal event contains exactly its number, time, type and actor', () => {
    expect(keys({ type, actor })).toEqual(['actor', 'at', 'sequence', 'type']);
  });

  test('a full event contains every field', () => {
    expect(keys({ type, ...whole })).toEqual(
      ['at', 'sequence', 'type', ...Object.keys(whole).map(storedName)].sort(),
    );
  });
});

test('an absent field is omitted, never written as null', () => {
  for (const field of Object.keys(whole)) {
    if (field === 'actor') continue;
    const event: AuditEvent = { type: 'secret_read', ...whole, [field]: undefined };
    expect(keys(event)).toEqual(
      keys({ type: 'secret_read', ...whole }).filter((key) => key !== storedName(field)),
    );
  }
  const empty: AuditEvent = { type: 'secret_read', actor, details: { version: undefined } };
  expect(canonicalEvent(empty, 1, AT)).toContain('"details":{}');
});

test('a field that is not on the allow-list is left out', () => {
  const smuggled = { value: 's3cret', token: 'vsk_a_1' };
  const event = { ...whole, ...smuggled, actor: { ...actor, ...smuggled } };
  const text = canonicalEvent({ type: 'secret_read', ...event }, 1, AT);
  expect(text).not.toMatch(/s3cret|vsk_a_1/);
});

test('the same event has the same bytes, in the order of RFC 8785', () => {
  expect(canonicalEvent({ details: { b: 1, a: [] }, actor, type: 'secret_read' }, 7, AT)).toBe(
    `{"actor":{"id":"a test","kind":"system","name":"a test"},"at":"${AT}","details":{"a":[],"b":1},"sequence":7,"type":"secret_read"}`,
  );
});

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));

test('an event has the canonical form of all its fields, however many are absent', () => {
  const { entryPoint, ...named } = whole;
  const all = { ...named, door: entryPoint, type: 'secret_read', sequence: 7, at: AT } as const;
  expect(canonicalEvent({ type: 'secret_read', ...whole }, 7, AT)).toBe(canonicalJson(plain(all)));
  for (const field of Object.keys(whole)) {
    if (field === 'actor') continue;
    const event: AuditEvent = { type: 'secret_read', actor, [field]: Reflect.get(whole, field) };
    const { entryPoint: door, ...rest } = event;
    const expected = plain({ ...rest, door, sequence: 8, at: AT });
    expect(canonicalEvent(event, 8, AT)).toBe(canonicalJson(expected));
  }
});

test('an event with a lone surrogate is refused', () => {
  const event: AuditEvent = { type: 'access_refused', actor, reason: '\uD800' };
  expect(() => canonicalEvent(event, 1, AT)).toThrow(TypeError);
});

test('actors are identified by ids that cannot be reused', () => {
  const principal = { id: 'prin_1', name: 'claude', class: 'agent', owner: 'prsn_bob' } as const;
  expect(keyActor({ principal })).toEqual({ kind: 'key', id: 'prin_1', name: 'claude' });
  expect(personActor(person('bob'))).toEqual({
    kind: 'person',
    id: 'prsn_bob',
    name: 'bob@example.com',
  });
});
