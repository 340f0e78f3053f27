/** `/vsecure audit`: lists audit events, or counts them by resource. */

import type { Person } from '../../domain/person.js';
import { ok, type Result } from '../../domain/result.js';
import { excerpt } from '../../domain/untrusted-text.js';
import { EVENT_TYPES } from '../../domain/vocabulary.js';
import type { AuditFilter } from '../../ports/index.js';
import type { CountAudit } from '../../usecases/audit/count-audit.js';
import type { QueryAudit, ShownEvent } from '../../usecases/audit/query-audit.js';
import type { NameAccount } from '../../usecases/people/name-slack-account.js';
import { shortName, shortNames } from '../format/resource-names.js';
import type { Cell } from './answer.js';
import { mentioned, optional, readMoment, readPattern, readWord } from './argument-values.js';
import { bars } from './bar-chart.js';
import { type Command, type CommandRequest, ROWS } from './command.js';

export interface AuditCommandParts {
  readonly queryAudit: QueryAudit;
  readonly countAudit: CountAudit;
  readonly nameAccount: NameAccount;
}

const HEAD = ['Time', 'Action', 'Actor', 'What', 'Resources', 'ID', 'Refused', 'Reason'];
/** Resources in one chart. */
const BARS_MAX = 20;

export const createAuditCommand = (parts: AuditCommandParts): Command => ({
  name: 'audit',
  usage: '[pattern] [--since 24h] [--until …] [--actor …] [--action …] [--group-by resource]',
  summary: 'list audit events, newest first',
  examples: [
    'audit production/* --since 24h',
    'audit --actor @ana --since 2026-11-01 --until 2026-11-08',
    'audit --action secret_read --since 7d --group-by resource',
  ],
  words: 1,
  flags: {
    since: '24h',
    until: '2026-11-01',
    actor: '@ana',
    action: 'secret_read',
    'group-by': 'resource',
  },
  pages: true,
  async answer(request) {
    const grouped = optional(request.flags.get('group-by'), readWord('group-by', ['resource']));
    if (!grouped.ok) return grouped;
    const filter = await readFilter(parts, request);
    if (!filter.ok) return filter;
    const person = await request.who();
    if (!person.ok) return person;
    if (grouped.value) return chart(await parts.countAudit(person.value, filter.value));
    const after = /^\d{1,15}$/.test(request.after ?? '') ? request.after : undefined;
    return table(await firstEvents(parts.queryAudit, person.value, filter.value, after));
  },
});

type Filter = Omit<AuditFilter, 'visibility'>;

async function readFilter(
  { nameAccount }: AuditCommandParts,
  request: CommandRequest,
): Promise<Result<Filter>> {
  const { flags, words, now, slackActor } = request;
  const resource = optional(words[0], readPattern);
  if (!resource.ok) return resource;
  const since = optional(flags.get('since'), readMoment('since', now));
  if (!since.ok) return since;
  const until = optional(flags.get('until'), readMoment('until', now));
  if (!until.ok) return until;
  const type = optional(flags.get('action'), readWord('action', EVENT_TYPES));
  if (!type.ok) return type;
  const typed = flags.get('actor');
  const userId = typed === undefined ? undefined : mentioned(typed);
  const actor = userId ? await nameAccount({ ...slackActor, userId }) : typed;
  return ok({
    resource: resource.value,
    since: since.value,
    until: until.value,
    type: type.value,
    actor,
  });
}

/** Parts of the trail without a matching event that one command skips. */
const EMPTY_PARTS = 20;

/** The first page that has an event. One query looks at a part of the trail only. */
async function firstEvents(
  queryAudit: QueryAudit,
  person: Person,
  filter: Filter,
  start: string | undefined,
): ReturnType<QueryAudit> {
  let after = start;
  for (let parts = 1; ; parts += 1) {
    const found = await queryAudit(person, filter, { limit: ROWS, after });
    if (!found.ok || found.value.items.length > 0 || parts >= EMPTY_PARTS) return found;
    if (found.value.next === undefined) return found;
    after = found.value.next;
  }
}

function table(found: Awaited<ReturnType<QueryAudit>>) {
  if (!found.ok) return found;
  const { items, next, seen } = found.value;
  const title = items.length === 0 ? 'No such events that you may see.' : 'Newest events';
  const note = noteOf(seen);
  const rows = items.map(row);
  return ok({ title, table: { head: HEAD, rows, seconds: true }, note, next });
}

/** `claude-desktop (agent key of bob@example.com, api)`; a person's address stands without class and owner. */
function actorText({ actor, holder, entryPoint }: ShownEvent): string {
  const key = holder && `${holder.class} key of ${holder.owner}`;
  const beside = [key, entryPoint].filter((text) => text !== undefined);
  return beside.length > 0 ? `${actor.name} (${beside.join(', ')})` : actor.name;
}

function row(event: ShownEvent): readonly Cell[] {
  const { at, type, summary, resources, approval, grant, refusal } = event;
  return [
    new Date(at),
    type,
    actorText(event),
    summary,
    shortNames(resources ?? []),
    grant ?? approval,
    refusal,
    reasonText(event),
  ];
}

/** Columns: with quotation marks and mark it fits into a cell. */
const REASON_COLUMNS = 80;

/** Quoted, so that no text looks like a further field. What a program wrote is marked as on the card. */
function reasonText({ reason, actor, holder }: ShownEvent): string | undefined {
  if (!reason?.trim()) return undefined;
  const text = `“${excerpt(reason, REASON_COLUMNS).text}”`;
  return actor.kind === 'key' && holder?.class !== 'human' ? `unverified: ${text}` : text;
}

function chart(counted: Awaited<ReturnType<CountAudit>>) {
  if (!counted.ok) return counted;
  const { counts, events, more } = counted.value;
  const shown = counts.slice(0, BARS_MAX);
  const left = counts.length - shown.length;
  const title = `${more ? 'The newest ' : ''}${events} events, by resource`;
  const lines = [
    ...bars(shown.map(({ resource, count }) => ({ label: shortName(resource), count }))),
    ...(left > 0 ? [`and ${left} more resources`] : []),
  ];
  return ok({ title, lines });
}

const noteOf = (seen: 'all' | 'own'): string =>
  seen === 'all'
    ? 'You see all events.'
    : 'You see events of your own keys, your own actions, and requests under policies that name you.';
