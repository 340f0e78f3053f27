/** Signed HTTP and Socket Mode, as Bolt receivers. */

import { ExpressReceiver, SocketModeReceiver } from '@slack/bolt';
import express, { type Express } from 'express';
import type { Log } from '../../ports/index.js';
import { clientOptions } from '../client/web-clients.js';
import { boltLogger } from './bolt-logger.js';
import { createReplayGuard } from './replay-guard.js';
import { createSignatureCounts, type SignatureReport } from './signature-counts.js';
import { createSocketLink, type SocketLink } from './socket-mode.js';

/** Events, interactions and slash commands share one address. */
export const EVENTS_PATH = '/slack/events';

export interface TransportSettings {
  readonly signingSecret?: string | undefined;
  readonly appToken?: string | undefined;
  readonly apiUrl?: string | undefined;
}

export interface Transport {
  readonly receiver: ExpressReceiver | SocketModeReceiver;
  /** Adds the endpoint; does nothing in Socket Mode. */
  mount(app: Express): void;
  /** Requests without a valid signature; undefined while there are none, and in Socket Mode. */
  signatures(): SignatureReport | undefined;
  /** Only in Socket Mode. */
  readonly socket?: SocketLink;
}

/** Socket Mode when there is an app token, else signed HTTP. Throws when there is neither an app token nor a signing secret. */
export function createTransport(settings: TransportSettings, log: Log): Transport {
  const { appToken, signingSecret } = settings;
  if (appToken) return overSocket(appToken, settings, log);
  if (signingSecret) return overHttp(signingSecret, log);
  throw new Error('Slack needs a signing secret (HTTP) or an app token (Socket Mode)');
}

function overSocket(appToken: string, { apiUrl }: TransportSettings, log: Log): Transport {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(log, apiUrl) },
  });
  return {
    receiver,
    mount: () => {},
    signatures: () => undefined,
    socket: createSocketLink(receiver.client, log),
  };
}

/** Bolt's own body limit and signature check stay on after the replay guard. */
function overHttp(signingSecret: string, log: Log): Transport {
  const receiver = new ExpressReceiver({
    signingSecret,
    endpoints: EVENTS_PATH,
    bodyLimit: '256kb',
    logger: boltLogger(log),
  });
  const router = express.Router();
  const counts = createSignatureCounts(log);
  router.post(EVENTS_PATH, createReplayGuard({ signingSecret, counts }));
  router.use(receiver.router);
  return { receiver, mount: (app) => void app.use(router), signatures: counts.report };
}
