/** What to check before deciding. Facts from the database only. */

import type { KnownBlock } from '@slack/types';
import {
  foremost,
  isSerious,
  type RiskSignal,
  SIGNAL_MEANING,
  type SignalKind,
  type SignalPart,
} from '../../domain/risk-signals.js';
import { visibleText } from '../../domain/untrusted-text.js';
import { clipMiddle } from '../format/clip.js';
import { pathOf } from '../format/resource-names.js';
import { ago, code, context, moment, open, section, unbroken } from '../format/text-objects.js';

const NAME_LIMIT = 60;

/** At most three signals, and the one that counts hidden characters. */
export function signalBlocks(signals: readonly RiskSignal[]): KnownBlock[] {
  const lines = signalLines(signals);
  return lines.length > 0 ? [open(section(lines.join('\n')))] : [];
}

/** The same for a row in a list. `where`: the button that leads to the others. */
export function signalLines(signals: readonly RiskSignal[], where = 'Details'): string[] {
  const { shown, more } = foremost(signals);
  return [...shown.map(signalLine), ...(more > 0 ? [`and ${more} more in ${where}`] : [])];
}

/** All signals, and how each of them is computed. */
export function explainedSignals(signals: readonly RiskSignal[]): KnownBlock[] {
  if (signals.length === 0) return [];
  const meanings = signals.map(({ kind }) => `*${NAME[kind]}*: ${SIGNAL_MEANING[kind]}`);
  return [
    open(section(['*What to check*', ...signals.map(signalLine)].join('\n'))),
    context(meanings.join('\n')),
  ];
}

/** `⚠ *New API key:* created 3 hours ago.` */
const signalLine = (signal: RiskSignal): string =>
  `${isSerious(signal) ? '⚠' : '•'} ${signal.parts.map(drawn).join('')}`;

function drawn(part: SignalPart): string {
  if (typeof part === 'string') return unbroken(part);
  if ('strong' in part) return `*${unbroken(part.strong)}*`;
  if ('name' in part) return code(named(part.name));
  return 'ago' in part ? ago(new Date(part.ago)) : moment(new Date(part.at));
}

/** The author of a policy chose its name: it is cleaned and clipped. */
const named = (name: string): string =>
  clipMiddle(visibleText(pathOf(name)).text.replaceAll('\n', ' '), NAME_LIMIT);

const NAME: Readonly<Record<SignalKind, string>> = {
  deletes: 'Deletes',
  pattern: 'Pattern',
  replaces: 'Replaces the value',
  missing: 'No such name',
  hidden: 'Hidden characters',
  denied: 'Denied before',
  new_key: 'New API key',
  loosened: 'Policy',
  unusual_hour: 'Hours',
  frequent: 'Many requests',
  unchecked: 'Not checked',
  long: 'Long',
  other_access: 'Has access now',
  first_time: 'First time',
  approved_before: 'Approved before',
};
