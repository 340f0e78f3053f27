/** `access request|wait|read`: asks for access to a secret, waits for the decision and reads the value, with the caller's own key. */

import { type Command, Option } from 'commander';
import { duration as durationField, operation } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { Access } from '../../sdk/index.js';
import { readValue, refuseUnlessApproved } from '../access-status.js';
import { UsageError } from '../command-errors.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';

const HELP = `
Exit status of wait and read: 0 approved, 3 pending, 4 denied, 5 expired, cancelled or ended; else as every command.`;

export function registerAccess(program: Command, io: Io): void {
  const access = program
    .command('access')
    .description('ask for access to a secret, wait for the decision, read the value')
    .addHelpText('after', HELP);
  registerRequest(access, io);
  registerWait(access, io);
  registerRead(access, io);
}

function registerRequest(access: Command, io: Io): void {
  access
    .command('request')
    .argument('<resource...>', 'resources, like production/DATABASE_URL')
    .description('request access with your key; prints the id of the request')
    .requiredOption('--reason <text>', 'why you need it; the approvers read it')
    .addOption(
      new Option('--operation <operation>', 'what you want to do')
        .choices(operation.options)
        .default('read'),
    )
    .option('--duration <duration>', 'for how long, like 30m; without it, what the policy allows')
    .option('--json', 'print JSON')
    .action(async (resources: string[], { json, ...request }) => {
      const { mcp } = io.client();
      const named = resources.map((one) => fullUri(one));
      const asked = await mcp.requestApproval({ ...request, resources: named, waitFor: 0 });
      if (json) return io.json(asked);
      io.out(asked.id);
      io.err(
        asked.status === 'pending'
          ? `Pending: a person decides until ${formatTime(asked.expiresAt)}. To wait: vsecure access wait ${asked.id}`
          : granted(asked),
      );
    });
}

function registerWait(access: Command, io: Io): void {
  access
    .command('wait')
    .argument('<request>', 'id of your request')
    .description('wait for the decision on your request')
    .option('--for <duration>', 'how long to wait, like 10m; without it, until the request ends')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (id, { for: longest, json }) => {
      const waiting = `Waiting for a person to decide ${id}`;
      io.err(`${waiting}.`);
      const progress = io.progress(waiting);
      const decided = await io
        .client()
        .mcp.waitForDecision(id, { waitFor: milliseconds(longest) })
        .finally(progress.end);
      if (json) io.json(decided);
      refuseUnlessApproved(decided);
      if (!json) io.err(granted(decided));
    });
}

function registerRead(access: Command, io: Io): void {
  access
    .command('read')
    .argument('<request>', 'id of your approved request')
    .description('print the value that your request was approved for, and nothing else, to stdout')
    .option('--resource <resource>', 'which one, if the request has several')
    .addHelpText('after', HELP)
    .action(async (id, { resource }) => {
      const decided = await io.client().mcp.waitForDecision(id, { waitFor: 0 });
      refuseUnlessApproved(decided);
      await readValue(io, resource ? fullUri(resource) : onlyResource(decided));
    });
}

const granted = ({ grant }: Access): string =>
  grant ? `Granted until ${formatTime(grant.endsAt)} (${grant.id}).` : 'Granted.';

function onlyResource({ resources, grantedResources = resources }: Access): string {
  const [only, ...others] = grantedResources;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    `The request has several resources. Add --resource with one of: ${grantedResources.join(', ')}`,
  );
}

const UNITS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!durationField.safeParse(text).success)
    throw new UsageError('--for is not a duration; use 30s, 10m or 1h30m.');
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0),
    0,
  );
}
