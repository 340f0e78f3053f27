/** Registers all commands of `vsecure`. `main/` supplies the server commands, so that this folder imports no server code. */

import { Command } from 'commander';
import { UsageError } from './command-errors.js';
import { registerAccess } from './commands/access.js';
import { registerAlertsList, registerAlertsRules } from './commands/alerts-list.js';
import {
  registerAlertsRemove,
  registerAlertsSet,
  registerAlertsSilence,
} from './commands/alerts-set.js';
import { registerApprovals } from './commands/approvals.js';
import { registerApprove } from './commands/approve.js';
import { registerAudit } from './commands/audit.js';
import { registerAuditVerify } from './commands/audit-verify.js';
import { registerCompletion } from './commands/completion.js';
import { registerConfigure } from './commands/configure.js';
import { registerDeny } from './commands/deny.js';
import { registerExplain } from './commands/explain.js';
import { registerGrants } from './commands/grants.js';
import { registerKeysCreate } from './commands/keys-create.js';
import { registerKeysList } from './commands/keys-list.js';
import { registerKeysResume } from './commands/keys-resume.js';
import { registerKeysRevoke } from './commands/keys-revoke.js';
import { registerKeysSuspend } from './commands/keys-suspend.js';
import { registerLogin } from './commands/login.js';
import { registerMcpConfig } from './commands/mcp-config.js';
import { registerMetrics } from './commands/metrics.js';
import { registerNotificationsDeliveries } from './commands/notifications-deliveries.js';
import { registerNotificationsList } from './commands/notifications-list.js';
import { registerNotificationsReplay } from './commands/notifications-replay.js';
import { registerNotificationsSet } from './commands/notifications-set.js';
import { registerNotificationsTest } from './commands/notifications-test.js';
import { registerPeopleCode } from './commands/people-code.js';
import { registerPeopleLink } from './commands/people-link.js';
import { registerPeopleList } from './commands/people-list.js';
import { registerPeopleRemove } from './commands/people-remove.js';
import { registerPeopleSet } from './commands/people-set.js';
import { registerResources } from './commands/resources.js';
import { registerRevoke } from './commands/revoke.js';
import { registerScopes } from './commands/scopes.js';
import { registerSecretsDelete } from './commands/secrets-delete.js';
import { registerSecretsGet } from './commands/secrets-get.js';
import { registerSecretsImport } from './commands/secrets-import.js';
import { registerSecretsList } from './commands/secrets-list.js';
import { registerSecretsRotate } from './commands/secrets-rotate.js';
import { registerSecretsSet } from './commands/secrets-set.js';
import { registerSimulate } from './commands/simulate.js';
import { registerWhoami } from './commands/whoami.js';
import { addExamples } from './examples.js';
import type { Io } from './io.js';

export type Register = (program: Command, io: Io) => void;

const GROUPS: Record<string, readonly Register[]> = {
  'Your access:': [registerAccess, registerSecretsGet],
  'Requests:': [registerApprovals, registerApprove, registerDeny, registerGrants, registerRevoke],
  'Policies and audit:': [
    registerConfigure,
    registerSimulate,
    registerResources,
    registerExplain,
    registerAudit,
    registerAuditVerify,
    registerMetrics,
  ],
  'Secrets:': [
    registerSecretsSet,
    registerSecretsImport,
    registerSecretsList,
    registerSecretsRotate,
    registerSecretsDelete,
  ],
  'Notifications:': [
    registerNotificationsSet,
    registerNotificationsList,
    registerNotificationsTest,
    registerNotificationsDeliveries,
    registerNotificationsReplay,
  ],
  'Alerts:': [
    registerAlertsSet,
    registerAlertsRules,
    registerAlertsList,
    registerAlertsSilence,
    registerAlertsRemove,
  ],
  'Keys and people:': [
    registerKeysCreate,
    registerKeysList,
    registerKeysRevoke,
    registerKeysSuspend,
    registerKeysResume,
    registerPeopleList,
    registerPeopleSet,
    registerPeopleRemove,
    registerPeopleLink,
    registerPeopleCode,
  ],
  'AI tools:': [registerMcpConfig],
  'Your account:': [registerLogin, registerWhoami, registerScopes, registerCompletion],
};

const ENVIRONMENT = `
Environment:
  VSECURE_URL      address of the server (default: http://127.0.0.1:3000)
  VSECURE_API_KEY  your API key
  VSECURE_PROFILE  profile with an address and a key, used instead of the two above

Exit status: 0 success, 1 refused or failed, 2 wrong usage. access and secrets:get also: 3 pending, 4 denied, 5 expired.`;

export interface About {
  readonly version: string;
  readonly server: readonly ServerCommand[];
  readonly runServer: RunServerCommand;
}

/** Calls the code of a server command and ends the process with the exit code that the code resolves with. */
export type RunServerCommand = (run: () => Promise<number>) => Promise<void>;

/** A command that runs on the server's machine, with the server's environment. */
export interface ServerCommand {
  readonly name: string;
  readonly description: string;
  /** Declares the arguments, the options and the action, which runs all its code inside `run`. */
  readonly register: (command: Command, run: RunServerCommand) => void;
}

/** The one parser of every command: `--help` and wrong usage end here, before any command starts. */
export function createProgram(io: Io, { version, server, runServer }: About): Command {
  const program = new Command('vsecure')
    .description(
      'AI tools ask for secrets, people approve, and the audit trail records everything.',
    )
    .version(version)
    .option('--profile <name>', 'profile to use, created with `vsecure login`')
    .hook('preAction', (_, action) => io.useProfile(action.optsWithGlobals()['profile']))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showHelpAfterError('Add --help to see how to use this command.')
    .addHelpText('after', ENVIRONMENT);
  program.commandsGroup('Server:');
  for (const { name, description, register } of server)
    register(
      program.command(name).description(description).hook('preAction', refuseProfile),
      runServer,
    );
  for (const [group, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const register of commands) register(program, io);
  }
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    addExamples(command);
  return program;
}

/** A server command reads the server's environment: a profile that it ignored would mislead. */
function refuseProfile(_: Command, action: Command): void {
  if (action.optsWithGlobals()['profile'] === undefined) return;
  throw new UsageError(`${action.name()} uses no profile: leave out --profile.`);
}
