/** Runs the official conformance suite against `vsecure serve`: every scenario that needs no test fixtures. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServers } from '../flow/real-servers.js';
import { temporaryFolder } from '../support/folder.js';
import { type KeyProxy, keyProxy } from './key-proxy.js';

const run = promisify(execFile);
const SUITE = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));
const NEWEST = fileURLToPath(import.meta.resolve('conformance-next/dist/index.js'));
const LOADER = path.join(import.meta.dirname, 'conformance-loader.mjs');

/** Scenarios that a product without test fixtures must pass. */
const PASSED = [
  'server-initialize',
  'ping',
  'tools-list',
  'server-sse-polling',
  'server-sse-multiple-streams',
  'resources-list',
  'resources-subscribe',
  'resources-unsubscribe',
  'prompts-list',
  'dns-rebinding-protection',
];

const TEST_TOOLS = 'calls test tools of the suite, which a product does not have';
const TEST_RESOURCES = 'reads test resources of the suite, which a product does not have';
const TEST_PROMPTS = 'uses test prompts of the suite, which a product does not have';

/** The other scenarios, and why they are not run. docs/mcp.md has the same list. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'logging-set-level':
    'sets the level of log messages; the server sends none, and the protocol is dropping them',
  'tools-call-simple-text': TEST_TOOLS,
  'tools-call-image': TEST_TOOLS,
  'tools-call-audio': TEST_TOOLS,
  'tools-call-embedded-resource': TEST_TOOLS,
  'tools-call-mixed-content': TEST_TOOLS,
  'tools-call-with-logging': TEST_TOOLS,
  'tools-call-error': TEST_TOOLS,
  'tools-call-with-progress': TEST_TOOLS,
  'tools-call-sampling': TEST_TOOLS,
  'tools-call-elicitation': TEST_TOOLS,
  'json-schema-2020-12': TEST_TOOLS,
  'elicitation-sep1034-defaults': TEST_TOOLS,
  'elicitation-sep1330-enums': TEST_TOOLS,
  'resources-read-text': TEST_RESOURCES,
  'resources-read-binary': TEST_RESOURCES,
  'resources-templates-read': TEST_RESOURCES,
  'completion-complete': TEST_PROMPTS,
  'prompts-get-simple': TEST_PROMPTS,
  'prompts-get-with-args': TEST_PROMPTS,
  'prompts-get-embedded-resource': TEST_PROMPTS,
  'prompts-get-with-image': TEST_PROMPTS,
};

/** What the newest release requires of each revision of the protocol and the server passes. Its other scenarios fail only for want of fixtures. */
const NEWEST_PASSED = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'server-sse-multiple-streams',
    'resources-list',
    'resources-subscribe',
    'resources-unsubscribe',
    'prompts-list',
    'dns-rebinding-protection',
    'server-session-lifecycle',
  ],
  '2026-07-28': [
    'tools-list',
    'server-sse-multiple-streams',
    'resources-list',
    'sep-2164-resource-not-found',
    'prompts-list',
    'dns-rebinding-protection',
    'caching',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    'input-required-result-validate-input',
  ],
} as const;

/** Why a check fails on a server without the suite's test tools, resources and prompts, or without log messages. */
const NO_FIXTURE =
  /Unknown (tool|prompt)|Not found, or you have no access|Not testable|fixture|Prerequisite|InputRequiredResult|json_schema_2020_12_tool|failing_job|Method not found/;

let servers: Awaited<ReturnType<typeof openServers>>;
let proxy: KeyProxy;
beforeAll(async () => {
  servers = await openServers(1, async (services) => {
    await services.policy();
    await services.secret();
  });
  proxy = await keyProxy(servers.server.url, (await servers.services.agent()).token);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await servers.stop();
  await servers.services.close();
});

const suite = (...words: string[]) => run(process.execPath, ['--import', LOADER, SUITE, ...words]);

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** The results that the suite recorded for one scenario. */
function checksIn(folder: string): Check[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const written = files.filter((file) => path.basename(file) === 'checks.json');
  expect(written).toHaveLength(1);
  return written.flatMap((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

test.each(PASSED)('the server passes the conformance scenario %s', async (scenario) => {
  const folder = temporaryFolder('conformance');
  await suite('server', '--url', `${proxy.url}/mcp`, '--scenario', scenario, '-o', folder);
  const checks = checksIn(folder);
  expect(checks.filter(({ status }) => status === 'FAILURE')).toEqual([]);
  expect(checks.length).toBeGreaterThan(0);
});

test.each(Object.entries(NEWEST_PASSED))(
  'the newest release of the suite finds no fault in protocol %s except missing fixtures',
  async (revision, passed) => {
    // Its own key, because the suite makes hundreds of requests.
    const own = await keyProxy(
      servers.server.url,
      (await servers.services.agent(`suite-${revision}`)).token,
    );
    const folder = temporaryFolder('conformance');
    const words = ['server', '--url', `${own.url}/mcp`, '--requirements', revision, '-o', folder];
    // It ends with 1, because scenarios without fixtures fail.
    await run(process.execPath, ['--import', LOADER, NEWEST, ...words], {
      maxBuffer: 2 ** 26,
    }).catch(() => {});
    await own[Symbol.asyncDispose]();
    const checks = readdirSync(folder).map((name) => {
      const [, scenario = ''] = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(name) ?? [];
      return [scenario, checksIn(path.join(folder, name))] as const;
    });
    const failed = ({ status }: Check) => status === 'FAILURE';
    const faults = checks.flatMap(([scenario, all]) =>
      all
        .filter((check) => failed(check) && !NO_FIXTURE.test(check.errorMessage ?? ''))
        .map(({ id, errorMessage }) => `${scenario} ${id}: ${errorMessage}`),
    );
    expect(faults).toEqual([]);
    const clean = checks.filter(
      ([, all]) => !all.some(failed) && all.some(({ status }) => status === 'SUCCESS'),
    );
    expect(clean.map(([scenario]) => scenario)).toEqual(expect.arrayContaining([...passed]));
  },
);

test('every server scenario of the suite is either run or has a reason why not', async () => {
  const { stdout } = await suite('list', '--server');
  const known = [...stdout.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name);
  expect([...PASSED, ...Object.keys(NOT_RUN)].sort()).toEqual(known.sort());
});

test('the documentation gives the same reasons for scenarios that are not run', () => {
  const page = readFileSync('docs/mcp.md', 'utf8');
  for (const scenario of [...PASSED, ...Object.values(NEWEST_PASSED).flat()])
    expect(page).toContain(`\`${scenario}\``);
  for (const [scenario, reason] of Object.entries(NOT_RUN)) {
    expect(page).toContain(`\`${scenario}\``);
    expect(page).toContain(reason);
  }
});
