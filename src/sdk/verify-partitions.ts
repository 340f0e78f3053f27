/** Checks the rows that describe the partitions of an audit trail against its verified events. */

import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { auditRoutes } from '../contract/audit.js';

type Part = z.output<typeof auditRoutes.chain.answer>;
type Link = Part['links'][number];
type Partition = Part['partitions'][number];

/** A fault and the sequence number where it is. */
export interface Fault {
  readonly sequence: number;
  readonly problem: string;
}

/** The database's clock may be set between two events, so a time may differ from the times of the events around it by this much. */
const CLOCK_STEP_MS = 300_000;

/** The columns of one event that are not hashed must agree with the bytes that are. */
export function columnProblem({ sequence, at, canonical, body }: Link): string | undefined {
  const event = jsonOf(canonical);
  if (event === undefined || event.sequence !== sequence)
    return 'its content has a different sequence number';
  if (event.at !== at) return 'its column "at" differs from its content';
  return isDeepStrictEqual(jsonOf(body), event)
    ? undefined
    : 'its column "body" differs from its content';
}

interface Content {
  readonly sequence?: unknown;
  readonly at?: unknown;
}

function jsonOf(text: string): Content | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export interface PartitionCheck {
  /** Called with each event in order, after its hash and its columns were verified. */
  readonly see: (link: Link) => void;
  /** Whether an event records this detaching. The trail itself must record it: otherwise an attacker could omit the beginning. */
  readonly recorded: (last: number, hash: string) => boolean;
  /** The first fault in the rows; undefined when there is none. Called after the last event. */
  readonly fault: () => Fault | undefined;
}

interface Detaching {
  readonly details: Readonly<Partial<Record<'first' | 'last' | 'hash' | 'confirmed', unknown>>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The rows are of the first answer; partitions that are opened while the trail is verified are left to the next run. */
export function checkPartitions(partitions: readonly Partition[]): PartitionCheck {
  const wanted = new Set(
    partitions.flatMap(({ first, last }) => [first - 1, first, last, (last ?? 0) + 1]),
  );
  const seen = new Map<number, { readonly hash: string; readonly at: number }>();
  const detachings: Detaching[] = [];

  return {
    see({ sequence, hash, at, canonical }) {
      if (wanted.has(sequence)) seen.set(sequence, { hash, at: Date.parse(at) });
      const event = JSON.parse(canonical);
      if (event.type === 'audit_detached' && event.details)
        detachings.push({ details: event.details, at: Date.parse(at) });
    },
    recorded: (last, hash) =>
      detachings.some(({ details }) => details.last === last && details.hash === hash),
    fault() {
      let next = 1;
      for (const partition of partitions) {
        const { first, last, detachedAt } = partition;
        const problem =
          shapeProblem(partition, next) ??
          (detachedAt === null ? hashProblem(partition) : detachedProblem(partition)) ??
          timeProblem(partition);
        if (problem) return { sequence: first, problem: `partition ${partition.name}: ${problem}` };
        next = (last ?? Number.NaN) + 1;
      }
      return Number.isNaN(next)
        ? undefined
        : { sequence: next, problem: 'the row of the open partition is missing' };
    },
  };

  function shapeProblem(partition: Partition, next: number): string | undefined {
    const { name, first, last, hash, closedAt, detachedAt } = partition;
    if (first !== next) return 'it does not start after the one before it';
    const named = detachedAt === null ? `audit_event_${first}` : `audit_archive_${first}_${last}`;
    if (name !== named) return `its name must be ${named}`;
    const nulls = [last, hash, closedAt].filter((value) => value === null).length;
    return nulls === 0 || nulls === 3 ? undefined : 'it is neither open nor closed';
  }

  function hashProblem({ last, hash }: Partition): string | undefined {
    return last === null || seen.get(last)?.hash === hash
      ? undefined
      : 'its hash is not the hash of its last event';
  }

  /** The events of the partition are not in this trail, but the event that records the detaching is, unless that was detached later. */
  function detachedProblem({ name, first, last, hash, detachedAt }: Partition): string | undefined {
    // A later confirmation is recorded at another time.
    const record = detachings.find(({ details }) => details.first === first && !details.confirmed);
    if (!record) return undefined;
    const { details, at } = record;
    if (!isDeepStrictEqual(details, { archive: name, first, last, hash }))
      return 'it differs from the event that records its detaching';
    return Math.abs(at - Date.parse(detachedAt ?? '')) <= CLOCK_STEP_MS
      ? undefined
      : 'it was detached at another time than the event that records it';
  }

  function timeProblem({ first, last, openedAt, closedAt }: Partition): string | undefined {
    if (!isBetween(openedAt, seen.get(first - 1)?.at, seen.get(first)?.at))
      return 'its time of opening does not fit the events around it';
    if (last === null || closedAt === null) return undefined;
    return isBetween(closedAt, seen.get(last)?.at ?? Date.parse(openedAt), seen.get(last + 1)?.at)
      ? undefined
      : 'its time of closing does not fit the events around it';
  }
}

/** A bound that is unknown does not count. */
function isBetween(time: string, from = -Infinity, to = Infinity): boolean {
  const moment = Date.parse(time);
  return moment >= from - CLOCK_STEP_MS && moment <= to + CLOCK_STEP_MS;
}
