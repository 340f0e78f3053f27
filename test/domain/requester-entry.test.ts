/** A policy says whether it means a key or a person, whatever the key is called. */

import { describe, expect, test } from 'vitest';
import {
  canonicalRequesters,
  keyLabel,
  namesRequester,
  parseRequesterEntry,
  type Requester,
} from '../../src/domain/requester-entry.js';

describe('a key that is named like a person', () => {
  /** The entries for Alice that a key of Mallory passes. */
  const passed = (names: (text: string, requester: Requester) => boolean) => {
    const entries = ['alice@example.com', 'Alice@Example.com', 'ALICE@EXAMPLE.COM'];
    const keys = [...entries, 'alice', 'alice.example.com'];
    return entries.filter((entry) =>
      keys.some((name) => names(entry, { name, ownerEmail: 'mallory@example.com' })),
    );
  };

  test('is not the person', () => {
    expect(passed(namesRequester)).toEqual([]);
  });

  test('is the person in a build that compares an entry with the name and the address', () => {
    const either = (entry: string, { name, ownerEmail }: Requester) =>
      entry === name || entry.toLowerCase() === ownerEmail;
    expect(passed(either)).not.toEqual([]);
  });

  test('is named by key: and its name', () => {
    const mallory = { name: 'alice@example.com', ownerEmail: 'mallory@example.com' };
    expect(namesRequester('key:alice@example.com', mallory)).toBe(true);
    const alices = { name: 'claude-desktop', ownerEmail: 'alice@example.com' };
    expect(namesRequester('key:alice@example.com', alices)).toBe(false);
    expect(namesRequester('Alice@example.com', alices)).toBe(true);
    expect(keyLabel(mallory.name)).toBe('key:alice@example.com');
  });
});

test('the Kelvin sign is no K in an address or a name', () => {
  const kate = { name: 'kate', ownerEmail: 'kate@example.com' };
  for (const entry of ['\u212Aate@example.com', 'key:\u212Aate', '\u212Aate'])
    expect(namesRequester(entry, kate)).toBe(false);
});

test('the canonical text of an entry reads back as the same entry', () => {
  const texts = ['ci', 'key:ci', 'A@B.example', 'a@b.example', 'key:A@b.example'];
  const canonical = canonicalRequesters(texts);
  expect(canonical).toEqual(['ci', 'a@b.example', 'key:A@b.example']);
  expect(canonical.map(parseRequesterEntry)).toEqual([
    { kind: 'key', name: 'ci' },
    { kind: 'owner', email: 'a@b.example' },
    { kind: 'key', name: 'A@b.example' },
  ]);
});
