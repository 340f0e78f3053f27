/** Slack, put together: one Bolt app with one set of handlers, over signed HTTP or Socket Mode. */

import { App } from '@slack/bolt';
import type { Express } from 'express';
import type { Cards, Directory, Log, PolicyReads } from '../domain/ports.js';
import type { ReadCardFacts } from '../usecases/card-facts.js';
import type { Decide } from '../usecases/decide.js';
import type { IdentifyPresser } from '../usecases/identify-presser.js';
import type { RecordForeign } from '../usecases/record-foreign.js';
import type { RecordRefusedPress } from '../usecases/record-refused-press.js';
import { boltLogger } from './bolt-logger.js';
import type { Dates } from './dates.js';
import { createDirectory } from './directory.js';
import { createDoorkeeper, type SlackContext } from './doorkeeper.js';
import { addHandlers } from './handlers.js';
import { createInFlight } from './in-flight.js';
import { createPacer, type Pacer } from './pacer.js';
import { createPolicyPoster } from './policy-poster.js';
import { createPoster } from './poster.js';
import type { Poster } from './posting.js';
import { createTransport, type Transport } from './transport.js';
import { clientOptions, createWebClients } from './web-clients.js';
import { createWorkspaceLink, type WorkspaceLink } from './workspace.js';

export interface SlackSettings {
  readonly botToken: string;
  /** For signed HTTP. */
  readonly signingSecret?: string | undefined;
  /** For Socket Mode, which is used when it is set. */
  readonly appToken?: string | undefined;
  /** Where cards go unless their policy says otherwise. */
  readonly channel?: string | undefined;
  /** Another API base than Slack's, ending in a slash. */
  readonly apiUrl?: string | undefined;
  /** Default `local`: Slack shows each reader their own time. */
  readonly dates?: Dates | undefined;
}

export interface SlackParts {
  readonly decide: Decide;
  /** Slack says who an account belongs to; whether that person may act is not Slack's to say. */
  readonly identifyWith: (directory: Directory) => IdentifyPresser;
  readonly readCardFacts: ReadCardFacts;
  readonly readPolicyChange: PolicyReads['change'];
  readonly recordForeign: RecordForeign;
  readonly recordRefusedPress: RecordRefusedPress;
  readonly cards: Cards;
  readonly logger: Log;
  /** Spaces posts out; by default one in 1.1 s for each channel. */
  readonly pacer?: Pacer | undefined;
  /** Called once, when the workspace is known: from then on things can be delivered, and people looked up. */
  readonly onConnected?: (() => void) | undefined;
}

export type SlackState = 'ok' | 'degraded' | 'off';

export interface SlackConnection {
  /** Signed HTTP at `/slack/events`; call it before adding body parsers. Nothing in Socket Mode. */
  mount(app: Express): void;
  /** Resolves after the first attempt to reach Slack, good or bad; goes on trying in the background. */
  start(): Promise<void>;
  state(): SlackState;
  /** Undefined until Slack has said it. */
  teamId(): string | undefined;
  /** Waits up to `graceMs` for handlers that are running, then closes the socket. */
  stop(graceMs: number): Promise<void>;
  readonly poster: Poster;
  readonly policyPoster: Poster;
  readonly directory: Directory;
}

/** Slack's special rate for posts: about one a second in each channel. Milliseconds. */
const POST_GAP = 1100;

/** Throws when neither a signing secret nor an app token is given. Talks to nobody before `start`. */
export function createSlack(options: {
  readonly settings: SlackSettings;
  readonly parts: SlackParts;
}): SlackConnection {
  const { settings, parts } = options;
  const { logger: log, cards, readCardFacts, recordForeign } = parts;
  const { channel: defaultChannel, dates = 'local' } = settings;
  const clients = createWebClients(settings, log);
  const link = createWorkspaceLink({
    client: clients.interactive,
    log,
    onConnected: () => parts.onConnected?.(),
  });
  const shared = { workspace: link.current, cards, readCardFacts, recordForeign, dates, log };
  const directory = createDirectory({ ...shared, client: clients.directory });
  const pacer = parts.pacer ?? createPacer(POST_GAP);
  const posting = { ...shared, client: clients.delivery, pacer, defaultChannel };
  const poster = createPoster(posting);
  const policyPoster = createPolicyPoster({ ...posting, readPolicyChange: parts.readPolicyChange });
  const transport = createTransport(settings, log);
  const inFlight = createInFlight();
  const inbound = { ...shared, client: clients.interactive, inFlight };
  const app = createApp(transport, settings, log);
  app.use(createDoorkeeper(inbound));
  const { decide, identifyWith, recordRefusedPress } = parts;
  const identify = identifyWith(directory);
  addHandlers(app, { ...inbound, decide, identify, recordRefusedPress });

  const healthy = () => poster.healthy() && policyPoster.healthy();
  return {
    ...createLife(transport, link, inFlight.drained, healthy),
    mount: transport.mount,
    teamId: () => link.current()?.teamId,
    poster,
    policyPoster,
    directory,
  };
}

function createApp({ receiver }: Transport, settings: SlackSettings, log: Log): App<SlackContext> {
  const app = new App<SlackContext>({
    receiver,
    // Not `token`: with it Bolt asks Slack who we are while it is being constructed.
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

function createLife(
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
