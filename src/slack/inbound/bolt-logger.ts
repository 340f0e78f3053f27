/** vsecure's logger for Bolt: Slack's packages must not log what they carry. */

import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Log } from '../../ports/index.js';

const SENTENCE_MAX = 300;
/** Addresses may carry tickets, and tokens must never be written. */
const SENSITIVE = /\b(?:https?|wss?):\/\/\S+|\bx(?:ox[a-z]|app)-[\w-]+/gi;
/** From here on the text is a page that something between us and Slack has answered. */
const PAGE = /<[a-z!].*/is;

/** Passes on warnings and errors, shortened and without addresses and tokens. Slack's packages log whole bodies at `debug`: dropped. */
export function boltLogger(log: Log): BoltLogger {
  const sentence = (parts: readonly unknown[]) =>
    `Slack's library: ${parts.map(String).join(' ').replace(SENSITIVE, '[removed]').replace(PAGE, '[a page]').slice(0, SENTENCE_MAX)}`;
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({}, sentence(parts)),
    error: (...parts) => log.error({}, sentence(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
