/** The seed's custom MCP server: it requests access, a person decides, and the AI tool gets the result. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnyClient, callTool } from '../support/mcp-client.js';
import { until } from '../support/until.js';
import { type Calling, CUSTOM_SERVER, callAndDecide, startCustomServer } from './conversation.js';
import { openWorkshop, type Workshop } from './sample-runner.js';
import { OLD_VALUE, openScene, requestRead, type Scene, setUpProduction } from './scene.js';

let workshop: Workshop;
let scene: Scene;
let client: AnyClient;
beforeAll(async () => {
  workshop = await openWorkshop([CUSTOM_SERVER]);
  scene = await openScene();
  await setUpProduction(scene);
  client = await startCustomServer(workshop, scene);
});
afterAll(async () => {
  await client.close();
  await scene[Symbol.asyncDispose]();
});

const call = (calling: Calling) => callAndDecide(workshop, scene, client, calling);

/** Stores a secret that only one test uses. */
async function stored(name: string): Promise<string> {
  await scene.admin.client.secrets.set(`production/${name}`, OLD_VALUE);
  return name;
}

async function versionOf(name: string): Promise<number | undefined> {
  const all = await scene.admin.client.secrets.list();
  return all.find(({ path }) => path.endsWith(`/${name}`))?.version;
}

describe('read-secret', () => {
  test('waits for the person with progress, returns the value, and does not ask again', async () => {
    const name = await stored('ASKED_ONCE');
    const asked = await call({ tool: 'read-secret', name, verdict: 'approve' });
    expect(asked.lines.filter((line) => line.startsWith('Waiting for a person'))).toHaveLength(1);
    const path = `vsecure://secrets/production/${name}`;
    expect(asked.structured).toMatchObject({ path, value: OLD_VALUE, version: 1 });
    const again = await call({ tool: 'read-secret', name });
    expect(again.structured).toMatchObject({ value: OLD_VALUE });
  });

  test('returns the error “Approval required” when the person denies', async () => {
    const name = await stored('DENIED');
    const { isError, text } = await call({ tool: 'read-secret', name, verdict: 'deny' });
    expect([isError, text]).toEqual([true, 'Approval required']);
  });

  test('continues with the same request when the call is repeated after a crash', async () => {
    const name = await stored('CRASHED');
    const mine = async () =>
      (await scene.alice.client.mcp.listApprovals()).find(({ resources }) =>
        resources[0]?.endsWith(name),
      );
    const lost = callTool(client, 'read-secret', { name: `production/${name}` });
    const before = await until('the request', mine);
    await Promise.all([expect(lost).rejects.toThrow(), client.close()]);
    client = await startCustomServer(workshop, scene);
    const { structured } = await call({ tool: 'read-secret', name, verdict: 'approve' });
    expect(structured).toMatchObject({ value: OLD_VALUE });
    expect(await mine()).toMatchObject({ id: before.id, asked: 2, status: 'approved' });
  });
});

describe('rotate-secret', () => {
  test('returns the new value to a caller that may also read it', async () => {
    const name = await stored('READ_TOO');
    await scene.alice.client.mcp.approve(await requestRead(scene, name));
    const { structured } = await call({ tool: 'rotate-secret', name, verdict: 'approve' });
    const value = expect.stringMatching(/^[\w-]{43}$/);
    expect(structured).toEqual({
      success: true,
      newVersion: expect.objectContaining({ version: 2, value }),
    });
  });

  test('rotates but does not return the value without a read grant', async () => {
    const name = await stored('WRITE_ONLY');
    const { isError, text } = await call({ tool: 'rotate-secret', name, verdict: 'approve' });
    expect(isError).toBe(true);
    expect(text).toMatch(/^approval_required: /);
    expect(await versionOf(name)).toBe(2);
  });

  test('needs no person when the policy requires no approval', async () => {
    const name = await stored('FREE');
    await scene.admin.client.mcp.configureResource({
      uri: `vsecure://secrets/production/${name}`,
      permissions: ['read', 'write'],
      requiresApproval: false,
    });
    const { structured, lines } = await call({ tool: 'rotate-secret', name });
    expect(structured).toMatchObject({ success: true, newVersion: { version: 2 } });
    expect(lines).toHaveLength(2);
  });
});
