/** Carries Socket Mode through the fault proxy, so that a test can cut it or read along. */

import type { Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

export interface Frame {
  /** Epoch ms. */
  readonly at: number;
  readonly from: 'slack' | 'bot';
  readonly text: string;
}

export interface SocketRelay {
  readonly frames: readonly Frame[];
  /** How many bots are connected now. */
  readonly count: () => number;
  /** Slack's announced end: it asks each bot to reconnect. */
  readonly disconnect: (reason: string) => void;
  /** A network failure: cuts each connection without notice. Returns how many there were. */
  readonly kill: () => number;
  readonly close: () => void;
}

/** Accepts the bot's sockets on `server` and opens one upstream for each; `rewrite` edits what Slack says. */
export function relaySockets(
  server: Server,
  upstream: URL,
  rewrite: (text: string) => string,
): SocketRelay {
  const frames: Frame[] = [];
  const bots = new Set<WebSocket>();
  const note = (from: Frame['from'], text: string) => frames.push({ at: Date.now(), from, text });
  const acceptor = new WebSocketServer({ server });

  acceptor.on('connection', (bot, { url }) => {
    bots.add(bot);
    const slack = new WebSocket(`ws://${upstream.host}${url}`);
    const opened = new Promise((resolve) => slack.once('open', resolve));
    const end = () => {
      bots.delete(bot);
      bot.close();
      slack.terminate();
    };
    bot.on('message', async (data) => {
      note('bot', String(data));
      await opened;
      slack.send(String(data));
    });
    slack.on('message', (data) => {
      const text = rewrite(String(data));
      note('slack', text);
      bot.send(text);
    });
    slack.on('ping', () => bot.ping());
    for (const side of [bot, slack]) side.on('close', end).on('error', end);
  });

  return {
    frames,
    count: () => bots.size,
    disconnect: (reason) => {
      const goodbye = JSON.stringify({ type: 'disconnect', reason, debug_info: {} });
      for (const bot of bots) bot.send(goodbye);
    },
    kill: () => {
      const cut = [...bots];
      for (const bot of cut) bot.terminate();
      return cut.length;
    },
    close: () => {
      for (const bot of bots) bot.terminate();
      acceptor.close();
    },
  };
}
