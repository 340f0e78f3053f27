/** Builds the Slack connection: one Bolt app with one set of handlers, over signed HTTP or Socket Mode. */

import { App } from '@slack/bolt';
import type { Express } from 'express';
import type {
  AutoApprovals,
  Cards,
  DigestCards,
  Directory,
  Log,
  PolicyReads,
  SlackOutbox,
} from '../ports/index.js';
import type { HomeUseCases } from '../usecases/approvals/app-home.js';
import type { ReadCardAudience } from '../usecases/approvals/card-audience.js';
import type { ReadCardFacts, ReadGrantFacts } from '../usecases/approvals/card-facts.js';
import type { CheckVoter } from '../usecases/approvals/check-voter.js';
import type { Decide } from '../usecases/approvals/decide.js';
import type { CheckRevoker, RevokeGrant } from '../usecases/approvals/end-grant.js';
import type { RecordRefusedClick } from '../usecases/approvals/record-refused-click.js';
import type { ReadRequestHistory } from '../usecases/approvals/request-history.js';
import type { LoginUseCases } from '../usecases/authorization/login.js';
import type { RecordForeignWorkspace } from '../usecases/authorization/record-foreign-workspace.js';
import type { RecordRefusedSuspension } from '../usecases/authorization/record-refused-suspension.js';
import type { SuspendPrincipal } from '../usecases/authorization/suspend-principal.js';
import type { DirectMessages } from '../usecases/notifications/direct-messages.js';
import type { IdentifySlackActor } from '../usecases/people/identify-slack-user.js';
import type { StopDeactivatedUsers } from '../usecases/people/stop-deactivated-users.js';
import { createFindDeactivatedUsers } from './client/deactivated-users.js';
import { createDirectory } from './client/directory.js';
import { clientOptions, createWebClients } from './client/web-clients.js';
import { createWorkspaceLink, type WorkspaceLink } from './client/workspace.js';
import type { CatalogueParts } from './commands/catalogue.js';
import { createOutbound } from './delivery/outbound.js';
import { type Pace, SLACK_PACE } from './delivery/pacing.js';
import { createPosters, type Posters } from './delivery/posters.js';
import type { Dates } from './format/dates.js';
import { boltLogger } from './inbound/bolt-logger.js';
import { addEvents } from './inbound/events.js';
import { addHandlers } from './inbound/handlers.js';
import { createInFlight } from './inbound/in-flight.js';
import { createRequestGuard, type SlackContext } from './inbound/request-guard.js';
import { createTransport, type Transport } from './inbound/transport.js';

export interface SlackSettings {
  readonly botToken: string;
  /** For signed HTTP. */
  readonly signingSecret?: string | undefined;
  /** For Socket Mode, which is used when it is set. */
  readonly appToken?: string | undefined;
  /** The channel of policies that name none. */
  readonly channel?: string | undefined;
  /** Base URL of the Slack API, ending in a slash. Default: Slack's own. */
  readonly apiUrl?: string | undefined;
  /** Default `local`: Slack shows each reader their local time. */
  readonly dates?: Dates | undefined;
  /** Default `lines`: one line, without a notification, for each auto-approved request. */
  readonly autoApproved?: 'lines' | 'off' | undefined;
}

export interface SlackParts extends CatalogueParts {
  readonly decide: Decide;
  readonly login: Pick<LoginUseCases, 'look' | 'confirm'>;
  /** Slack says whose account it is; vsecure decides what that person may do. */
  readonly identifyWith: (directory: Directory) => IdentifySlackActor;
  readonly readCardFacts: ReadCardFacts;
  readonly readGrantFacts: ReadGrantFacts;
  readonly readRequestHistory: ReadRequestHistory;
  readonly revokeGrant: RevokeGrant;
  readonly autoApprovals: AutoApprovals;
  readonly readPolicyChange: PolicyReads['change'];
  readonly recordForeignWorkspace: RecordForeignWorkspace;
  readonly recordRefusedClick: RecordRefusedClick;
  readonly checkVoter: CheckVoter;
  readonly checkRevoker: CheckRevoker;
  readonly directMessages: DirectMessages;
  readonly home: HomeUseCases;
  readonly suspendPrincipal: SuspendPrincipal;
  readonly recordRefusedSuspension: RecordRefusedSuspension;
  readonly stopDeactivatedUsers: StopDeactivatedUsers;
  readonly cards: Cards;
  readonly logger: Log;
  readonly digests: DigestCards;
  readonly slackOutbox: Pick<SlackOutbox, 'sent' | 'retryAll'>;
  readonly readCardAudience: ReadCardAudience;
  /** Default: as fast as Slack allows. */
  readonly pace?: Pace | undefined;
  /** Called when the workspace is known: from then on deliveries and lookups work. */
  readonly onConnected?: (() => void) | undefined;
}

export type SlackState = 'ok' | 'degraded' | 'off';

export interface SlackConnection {
  /** Adds `/slack/events` for signed HTTP; call it before adding body parsers. Does nothing in Socket Mode. */
  mount(app: Express): void;
  /** Resolves after the first attempt to reach Slack, whether or not it succeeds; later attempts run in the background. */
  start(): Promise<void>;
  state(): SlackState;
  readonly signatures: Transport['signatures'];
  /** Undefined until the workspace is known. */
  teamId(): string | undefined;
  /** Waits up to `graceMs` for running handlers, then closes the socket. */
  stop(graceMs: number): Promise<void>;
  readonly posters: Posters;
  readonly directory: Directory;
}

/** Throws when neither a signing secret nor an app token is given. Makes no connection before `start`. */
export function createSlack(options: {
  readonly settings: SlackSettings;
  readonly parts: SlackParts;
}): SlackConnection {
  const { settings, parts } = options;
  const { logger: log, identifyWith } = parts;
  const { channel: defaultChannel, dates = 'local', autoApproved = 'lines' } = settings;
  const clients = createWebClients(settings, log);
  const link = createWorkspaceLink({
    client: clients.interactive,
    log,
    onConnected: () => parts.onConnected?.(),
  });
  const shared = { ...parts, workspace: link.current, dates, log };
  const directory = createDirectory({
    ...shared,
    client: clients.directory,
    findDeactivatedUsers: createFindDeactivatedUsers(clients.deactivatedUsers, log),
  });
  const identify = identifyWith(directory);
  const posters = createPosters({
    ...shared,
    identify,
    ...createOutbound(clients.delivery, parts.pace ?? SLACK_PACE),
    defaultChannel,
    autoApproved,
  });
  const transport = createTransport(settings, log);
  const inFlight = createInFlight();
  const inbound = { ...shared, client: clients.interactive, inFlight };
  const app = createApp(transport, settings, log);
  app.use(createRequestGuard(inbound));
  addHandlers(app, { ...inbound, identify });
  addEvents(app, { ...inbound, identify, link });

  const healthy = () => Object.values(posters).every((poster) => poster.healthy());
  return {
    ...createLifecycle(transport, link, inFlight.drained, healthy),
    mount: transport.mount,
    signatures: transport.signatures,
    teamId: () => link.current()?.teamId,
    posters,
    directory,
  };
}

function createApp({ receiver }: Transport, settings: SlackSettings, log: Log): App<SlackContext> {
  const app = new App<SlackContext>({
    receiver,
    // Not `token`: with it Bolt's constructor calls Slack.
    authorize: async () => ({ botToken: settings.botToken }),
    clientOptions: clientOptions(log, settings.apiUrl),
    logger: boltLogger(log),
    extendedErrorHandler: true,
    convoStore: false,
    ignoreSelf: false,
  });
  app.error(async (failed: { readonly error: Error }) => {
    log.error({ error: failed.error.name }, 'Bolt could not handle a payload');
  });
  return app;
}

function createLifecycle(
  { socket }: Transport,
  link: WorkspaceLink,
  drained: (ms: number) => Promise<void>,
  healthy: () => boolean,
): Pick<SlackConnection, 'start' | 'state' | 'stop'> {
  let running = false;
  return {
    async start() {
      running = true;
      socket?.start();
      await link.start();
    },
    state() {
      if (!running) return 'off';
      const reachable = link.current() !== undefined && (socket?.connected() ?? true);
      return reachable && healthy() ? 'ok' : 'degraded';
    },
    async stop(graceMs) {
      running = false;
      link.stop();
      await drained(graceMs);
      await socket?.stop();
    },
  };
}
