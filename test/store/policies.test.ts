/** Policies and secrets: versions rise one by one, and nobody overwrites what they have not seen. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import { coveringPatterns } from '../../src/domain/pattern.js';
import {
  buildHouse,
  DATABASE_URL,
  granted,
  type House,
  PRODUCTION,
  refusalOf,
} from '../support/services.js';

let house: House;
beforeAll(async () => {
  house = await buildHouse();
});
afterAll(() => house.close());

describe('policies', () => {
  test('that cover a resource are found most specific first', async () => {
    const uris = [
      'vsecure://secrets/**',
      'vsecure://secrets/*/a',
      'vsecure://secrets/p/*',
      'vsecure://secrets/p/a',
    ];
    for (const uri of uris) await house.policy({}, uri);
    const matching = (uri: string) => house.store.policies.matching(coveringPatterns(uri));
    const found = await matching('vsecure://secrets/p/a');
    expect(found.map(({ uri }) => uri)).toEqual([...uris].reverse());
    expect((await matching('vsecure://secrets/q/b/c')).map(({ uri }) => uri)).toEqual([uris[0]]);
    expect(await matching('vsecure://audit')).toEqual([]);
    expect(await matching('vsecure://templates/p/a')).toEqual([]);
  });

  test('come back as they were written, optional fields included', async () => {
    const written = await house.policy({ maxUses: 3, channel: 'C0PROD', requireReason: false });
    expect((await house.store.policies.list()).find(({ uri }) => uri === PRODUCTION)).toEqual(
      written,
    );
    expect(await house.store.transaction((tx) => tx.policies.lock(PRODUCTION))).toEqual(written);
    const cleared = await house.policy({
      approvers: undefined,
      maxUses: undefined,
      channel: undefined,
    });
    expect(cleared).toMatchObject({
      version: written.version + 1,
      maxUses: undefined,
      channel: undefined,
    });
    expect(await house.store.transaction((tx) => tx.policies.lock(PRODUCTION))).toEqual(cleared);
  });

  test('are replaced only from the version that was seen', async () => {
    const seen = await house.policy({ name: 'seen' });
    const replace = (name: string) =>
      house.store.transaction((tx) => tx.policies.replace(seen, { ...seen, name }));
    const replaced = await Promise.all(['a', 'b', 'c', 'd'].map(replace));
    const [winner] = replaced.filter((one) => one !== undefined);
    expect(replaced.filter((one) => one !== undefined)).toHaveLength(1);
    expect(winner).toMatchObject({ version: seen.version + 1 });
    expect(await replace('late')).toBeUndefined();
    expect((await house.store.policies.list()).find(({ id }) => id === seen.id)).toEqual(winner);
  });

  test('that several people change at once keep every change that does not touch another', async () => {
    await house.policy({ name: 'before', maxUses: undefined, channel: undefined });
    const change = (changes: object) =>
      house.useCases.configureResource(house.admin, PRODUCTION, changes, 'merge');
    const all = await Promise.all([
      change({ name: 'after' }),
      change({ maxUses: 7 }),
      change({ channel: 'C0NEW' }),
    ]);
    all.map(granted);
    const after = (await house.store.policies.list()).find(({ uri }) => uri === PRODUCTION);
    expect(after).toMatchObject({ name: 'after', maxUses: 7, channel: 'C0NEW' });
  });

  test('that several people make at once for one pattern are one', async () => {
    const uri = 'vsecure://secrets/new/*';
    const make = () => house.useCases.configureResource(house.admin, uri, {}, 'merge');
    const made = await Promise.all([make(), make(), make(), make()]);
    for (const one of made) if (!one.ok) expect(one.refusal.code).toBe('version_conflict');
    expect((await house.store.policies.list()).filter((one) => one.uri === uri)).toHaveLength(1);
  });
});

describe('secrets', () => {
  const write = (path: string) =>
    house.useCases.writeSecret(house.admin, { path, value: Buffer.from('value') });

  test('written by many at once have every version once', async () => {
    await house.secret();
    const written = await Promise.all(Array.from({ length: 10 }, () => write(DATABASE_URL)));
    const versions = written.map((one) => granted(one).version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 10 }, (_, index) => index + 2));
    expect(await house.store.secrets.find(DATABASE_URL)).toMatchObject({ version: 11 });
  });

  test('made by many at once are one, whoever is told so', async () => {
    const path = 'vsecure://secrets/race/X';
    const written = await Promise.all(Array.from({ length: 6 }, () => write(path)));
    for (const one of written) if (!one.ok) expect(one.refusal.code).toBe('already_exists');
    expect(written.some(({ ok }) => ok)).toBe(true);
    const secret = await house.store.secrets.find(path);
    expect(secret?.version).toBe(written.filter(({ ok }) => ok).length);
  });

  test('cannot be told apart by case alone', async () => {
    granted(await write('vsecure://secrets/Case/Twin'));
    for (const twin of ['case/twin', 'CASE/TWIN', 'Case/twin']) {
      expect(refusalOf(await write(`vsecure://secrets/${twin}`))).toBe('already_exists');
      expect(await house.store.secrets.find(`vsecure://secrets/${twin}`)).toBeUndefined();
    }
  });

  test('take no version out of turn', async () => {
    const secret = await house.secret('value', 'vsecure://secrets/turn/X');
    const sealed = house.vault.seal(Buffer.from('x'), {
      installation: house.installation,
      secretId: secret.id,
      path: secret.path,
      version: 9,
    });
    const skip = (version: number) =>
      house.store.transaction((tx) =>
        tx.secrets.addVersion({ secretId: secret.id, version, sealed, createdBy: 'prin_x' }),
      );
    for (const version of [0, 1, 3, 9]) await expect(skip(version)).rejects.toThrow();
    expect(await house.store.secrets.find(secret.path)).toMatchObject({ version: 1 });
  });
});

test('there is one installation, and a second start finds it', async () => {
  const { installation } = house.store;
  expect(await installation.find()).toMatchObject({ id: house.installation });
  const second = { id: makeId('inst'), keyCheck: Buffer.alloc(32) };
  await expect(
    house.store.transaction((tx) => tx.installation.insert(second)),
  ).rejects.toMatchObject({ code: '23505' });
});
