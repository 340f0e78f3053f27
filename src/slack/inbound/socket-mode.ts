/**
 * Socket Mode, kept connected by ourselves: the library's own reconnecting waits 5 s, and ends the whole process with an unhandled
 * rejection when the app token is revoked or Slack answers with an error for long.
 */

import type { SocketModeReceiver } from '@slack/bolt';
import { MINUTE, SECOND } from '../../domain/limits.js';
import type { Log } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';

type Socket = SocketModeReceiver['client'];

export interface SocketLink {
  connected(): boolean;
  /** Returns at once; connects, and connects again, in the background. */
  start(): void;
  stop(): Promise<void>;
}

const DELAYS = [0, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND] as const;
/** After a failure that a person must mend, such as a revoked app token. */
const MENDED_AFTER = MINUTE;
/** How long to wait for Slack's half of the goodbye. */
const GOODBYE = SECOND;

/** `socket` must be made with `autoReconnectEnabled: false`. */
export function createSocketLink(socket: Socket, log: Log): SocketLink {
  let timer: NodeJS.Timeout | undefined;
  let connected = false;
  let stopped = false;

  const again = (failures: number, permanent = false) => {
    if (stopped) return;
    const delay = permanent ? MENDED_AFTER : DELAYS[Math.min(failures, DELAYS.length - 1)];
    clearTimeout(timer);
    timer = setTimeout(() => void connect(failures), delay);
  };

  async function connect(failures: number): Promise<void> {
    try {
      await socket.start();
      connected = true;
      log.info({}, 'the Slack socket is open');
    } catch (error) {
      const failure = webFailure(error);
      if (stopped) return;
      log.warn({ code: failure?.code ?? 'closed' }, 'the Slack socket did not open');
      again(failures + 1, failure?.permanent);
    }
  }

  socket.on('disconnected', () => {
    if (!connected) return;
    connected = false;
    again(0);
  });

  return {
    connected: () => connected,
    start: () => again(0),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      connected = false;
      const waited = new Promise((resolve) => setTimeout(resolve, GOODBYE).unref());
      await Promise.race([socket.disconnect(), waited]);
    },
  };
}
