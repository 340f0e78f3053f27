/** Verifies an audit trail from the description of its format, with SHA-256 only and no import of the product. */

import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

export interface Row {
  readonly sequence: number;
  /** RFC 3339 in UTC with microseconds. */
  readonly at: string;
  readonly canonical: string;
  readonly hash: string;
}

export interface Trail {
  readonly installation: string;
  readonly head: { readonly sequence: number; readonly hash: string };
  readonly rows: readonly Row[];
}

const MICROSECONDS = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** `events`: the table, or a query in brackets where partitions were detached. */
export async function readTrail(dataSource: DataSource, events = 'audit_event'): Promise<Trail> {
  const query = (text: string) => dataSource.query(text);
  const [installation] = await query('select id from installation');
  const [head] = await query(`select sequence::int, encode(hash, 'hex') as hash from audit_head`);
  const rows = await query(
    `select sequence::int, to_char(at at time zone 'UTC', ${MICROSECONDS}) as at, canonical, encode(hash, 'hex') as hash
     from ${events} as event order by sequence`,
  );
  return { installation: installation.id, head, rows };
}

/** The first fault, for example `3: hash`; undefined when there is none. */
export function firstFault({ installation, head, rows }: Trail): string | undefined {
  let previous: Buffer = sha256(Buffer.from(installation));
  for (const [index, row] of rows.entries()) {
    const sequence = index + 1;
    if (row.sequence !== sequence) return `${sequence}: missing or out of place`;
    const hash = link(sequence, previous, row.canonical);
    if (row.hash !== hash.toString('hex')) return `${sequence}: hash`;
    const event = JSON.parse(row.canonical);
    if (event.sequence !== sequence || event.at !== row.at) return `${sequence}: columns`;
    previous = hash;
  }
  if (head.sequence !== rows.length || head.hash !== previous.toString('hex')) return 'head';
  return undefined;
}

function link(sequence: number, previous: Buffer, canonical: string): Buffer {
  const event = Buffer.from(canonical, 'utf8');
  const [place, length] = [new DataView(new ArrayBuffer(8)), new DataView(new ArrayBuffer(4))];
  place.setBigUint64(0, BigInt(sequence));
  length.setUint32(0, event.length);
  const name = Buffer.from('\0vsecure/audit/1');
  const parts = [name, Buffer.from(place.buffer), previous, Buffer.from(length.buffer), event];
  return sha256(Buffer.concat(parts));
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
