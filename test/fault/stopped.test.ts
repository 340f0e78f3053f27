/** A process that is stopped while a grant ends, and then continues. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { approvedGrant, endIn, untilEnded } from '../flow/short-grants.js';
import { builtProgram } from '../support/built.js';
import { durableServices } from '../support/durable-services.js';
import { brokenInvariants } from '../support/invariants.js';
import { DATABASE_URL } from '../support/services.js';
import { until } from '../support/until.js';

interface Read {
  readonly got: string;
  /** When the reader last looked at the clock before it handed this out (ns). */
  readonly looked: bigint;
}

test('a process that was stopped across the end of a grant returns no value when it continues', async () => {
  const services = await durableServices();
  onTestFinished(() => services.close());
  await services.policy();
  await services.secret();
  const { token, caller } = await services.agent();
  const grant = await approvedGrant(services, caller);

  const { child, reads } = startReader(services.server.connection, services.masterKeyText, token);
  await until('some reads', () => reads.filter(({ got }) => got === 'value').length > 20);
  await endIn(services, grant, 1_500);
  // What is under way now may have been committed before the end was moved, and knows the old one alone.
  const moved = process.hrtime.bigint();
  await until('a read after that', () => reads.some(({ looked }) => looked > moved));
  await stop(child);
  await untilEnded(services, grant);
  const over = process.hrtime.bigint();
  const before = reads.length;
  child.kill('SIGCONT');
  await until('more reads', () => reads.length > before + 20);

  const late = reads.filter(({ looked }) => looked > over);
  expect(late.length).toBeGreaterThan(0);
  expect(new Set(late.map(({ got }) => got))).toEqual(new Set(['grant_ended']));
  await kill(child);
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});

function startReader(connection: object, masterKey: string, token: string) {
  const [node, reader] = builtProgram('test/fault/children/reader.ts');
  const options = [reader, JSON.stringify(connection), masterKey, token, DATABASE_URL];
  const child = spawn(node, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => kill(child));
  const reads: Read[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const { got, looked } = JSON.parse(line);
    reads.push({ got, looked: BigInt(looked) });
  });
  return { child, reads };
}

/** Resolves when the process is stopped, which takes a moment after the signal. */
async function stop({ pid = 0 }: ChildProcess): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until('the process to stand still', () =>
    spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout.startsWith(
      'T',
    ),
  );
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const dead = once(child, 'exit');
  child.kill('SIGKILL');
  await dead;
}
