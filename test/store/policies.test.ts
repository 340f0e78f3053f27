/** Policies and secrets: versions rise one by one, and no change overwrites a version that its author has not seen. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import {
  buildServices,
  DATABASE_URL,
  PRODUCTION,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
});
afterAll(() => services.close());

describe('policies', () => {
  test('that cover a resource are found most specific first', async () => {
    const uris = [
      'vsecure://secrets/**',
      'vsecure://secrets/*/a',
      'vsecure://secrets/p/*',
      'vsecure://secrets/p/a',
    ];
    for (const uri of uris) await services.policy({}, uri);
    const matching = async (uri: string) =>
      (await services.store.policies.covering([uri])).covering(uri);
    const found = await matching('vsecure://secrets/p/a');
    expect(found.map(({ uri }) => uri)).toEqual([...uris].reverse());
    expect((await matching('vsecure://secrets/q/b/c')).map(({ uri }) => uri)).toEqual([uris[0]]);
    expect(await matching('vsecure://audit')).toEqual([]);
    expect(await matching('vsecure://templates/p/a')).toEqual([]);
  });

  test('are read as they were written, optional fields included', async () => {
    const written = await services.policy({ maxUses: 3, channel: 'C0PROD', requireReason: false });
    expect((await services.store.policies.list()).find(({ uri }) => uri === PRODUCTION)).toEqual(
      written,
    );
    expect(await services.store.transaction((tx) => tx.policies.lock(PRODUCTION))).toEqual(written);
    const cleared = await services.policy({
      approvers: undefined,
      maxUses: undefined,
      channel: undefined,
    });
    expect(cleared).toMatchObject({
      version: written.version + 1,
      maxUses: undefined,
      channel: undefined,
    });
    expect(await services.store.transaction((tx) => tx.policies.lock(PRODUCTION))).toEqual(cleared);
  });

  test('are replaced only when the version is the one that was read', async () => {
    const seen = await services.policy({ name: 'seen' });
    const replace = (name: string) =>
      services.store.transaction((tx) => tx.policies.replace(seen, { ...seen, name }));
    const replaced = await Promise.all(['a', 'b', 'c', 'd'].map(replace));
    const [winner] = replaced.filter((one) => one !== undefined);
    expect(replaced.filter((one) => one !== undefined)).toHaveLength(1);
    expect(winner).toMatchObject({ version: seen.version + 1 });
    expect(await replace('late')).toBeUndefined();
    expect((await services.store.policies.list()).find(({ id }) => id === seen.id)).toEqual(winner);
  });

  test('that several people change at once keep every change of a different field', async () => {
    await services.policy({ name: 'before', maxUses: undefined, channel: undefined });
    const change = (changes: object) =>
      services.useCases.configureResource(services.admin, PRODUCTION, changes, 'merge');
    const all = await Promise.all([
      change({ name: 'after' }),
      change({ maxUses: 7 }),
      change({ channel: 'C0NEW' }),
    ]);
    all.map(unwrap);
    const after = (await services.store.policies.list()).find(({ uri }) => uri === PRODUCTION);
    expect(after).toMatchObject({ name: 'after', maxUses: 7, channel: 'C0NEW' });
  });

  test('that several people create at once for one pattern are one policy', async () => {
    const uri = 'vsecure://secrets/new/*';
    const make = () => services.useCases.configureResource(services.admin, uri, {}, 'merge');
    const made = await Promise.all([make(), make(), make(), make()]);
    for (const one of made) if (!one.ok) expect(one.refusal.code).toBe('version_conflict');
    expect((await services.store.policies.list()).filter((one) => one.uri === uri)).toHaveLength(1);
  });
});

describe('secrets', () => {
  const write = (path: string) =>
    services.useCases.writeSecret(services.admin, { path, value: Buffer.from('value') });

  test('that many callers write at once have each version once', async () => {
    await services.secret();
    const written = await Promise.all(Array.from({ length: 10 }, () => write(DATABASE_URL)));
    const versions = written.map((one) => unwrap(one).version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 10 }, (_, index) => index + 2));
    expect(await services.store.secrets.find(DATABASE_URL)).toMatchObject({ version: 11 });
  });

  test('that many callers create at once are one secret', async () => {
    const path = 'vsecure://secrets/race/X';
    const written = await Promise.all(Array.from({ length: 6 }, () => write(path)));
    for (const one of written) if (!one.ok) expect(one.refusal.code).toBe('already_exists');
    expect(written.some(({ ok }) => ok)).toBe(true);
    const secret = await services.store.secrets.find(path);
    expect(secret?.version).toBe(written.filter(({ ok }) => ok).length);
  });

  test('whose paths differ only in case cannot both exist', async () => {
    unwrap(await write('vsecure://secrets/Case/Twin'));
    for (const twin of ['case/twin', 'CASE/TWIN', 'Case/twin']) {
      expect(refusalOf(await write(`vsecure://secrets/${twin}`))).toBe('already_exists');
      expect(await services.store.secrets.find(`vsecure://secrets/${twin}`)).toBeUndefined();
    }
  });

  test('accept no version out of order', async () => {
    const secret = await services.secret('value', 'vsecure://secrets/turn/X');
    const sealed = services.vault.seal(Buffer.from('x'), {
      installation: services.installation,
      secretId: secret.id,
      path: secret.path,
      version: 9,
    });
    const skip = (version: number) =>
      services.store.transaction((tx) =>
        tx.secrets.addVersion({
          secretId: secret.id,
          version,
          sealed,
          fingerprint: '0'.repeat(64),
          createdBy: 'prin_x',
        }),
      );
    for (const version of [0, 1, 3, 9]) await expect(skip(version)).rejects.toThrow();
    expect(await services.store.secrets.find(secret.path)).toMatchObject({ version: 1 });
  });
});

test('the second start uses the installation of the first', async () => {
  const { installation } = services.store;
  expect(await installation.find()).toMatchObject({ id: services.installation });
  const second = { id: makeId('inst'), keyCheck: Buffer.alloc(32) };
  await expect(
    services.store.transaction((tx) => tx.installation.insert(second)),
  ).rejects.toMatchObject({ code: '23505' });
});
