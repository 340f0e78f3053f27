/**
 * Keeps Socket Mode connected. The library's own reconnection waits 5 s, and ends the process with an unhandled rejection when the app
 * token is revoked or Slack answers with errors for long.
 */

import type { SocketModeReceiver } from '@slack/bolt';
import { SECOND } from '../../domain/limits.js';
import { delayBefore, NEEDS_FIX_WAIT, SLACK_SOCKET } from '../../domain/retry-policy.js';
import type { Log } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';

type Socket = SocketModeReceiver['client'];

export interface SocketLink {
  connected(): boolean;
  /** Returns at once; connects and reconnects in the background. */
  start(): void;
  stop(): Promise<void>;
}

/** How long to wait for Slack to close its side of the socket. */
const CLOSE_TIMEOUT = SECOND;

/** `socket` must be created with `autoReconnectEnabled: false`. */
export function createSocketLink(socket: Socket, log: Log): SocketLink {
  let timer: NodeJS.Timeout | undefined;
  let connected = false;
  let stopped = false;

  const connectLater = (attempt: number, permanent = false) => {
    if (stopped) return;
    const delay = permanent ? NEEDS_FIX_WAIT : delayBefore(SLACK_SOCKET, attempt, Math.random());
    clearTimeout(timer);
    timer = setTimeout(() => void connect(attempt), delay);
  };

  async function connect(attempt: number): Promise<void> {
    try {
      await socket.start();
      connected = true;
      log.info({}, 'the Slack socket is open');
    } catch (error) {
      const failure = webFailure(error);
      if (stopped) return;
      log.warn({ code: failure?.code ?? 'closed' }, 'the Slack socket did not open');
      connectLater(attempt + 1, failure?.permanent);
    }
  }

  socket.on('disconnected', () => {
    if (!connected) return;
    connected = false;
    connectLater(1);
  });

  return {
    connected: () => connected,
    start: () => connectLater(1),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      connected = false;
      const timeout = new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT).unref());
      await Promise.race([socket.disconnect(), timeout]);
    },
  };
}
