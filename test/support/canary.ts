/** Looks for values that must not be anywhere: in texts, in files, in every column of every row, in every form in which they could get there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { sqlOn } from '../../src/store/sql.js';
import { createSearch, type Needle, type Search } from './needles.js';

export interface Places {
  /** By their names: log output, traffic, messages of errors. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Files, and folders with all that is in them. */
  readonly files?: readonly string[];
  /** Every column of every row of every table; bytea is looked at as bytes. */
  readonly dataSource?: DataSource;
}

/** One line for each value, form and place, such as `value 3 as hex in table audit_event.canonical`. Empty when there is none. */
export async function findCanaries(places: Places, values: readonly string[]): Promise<string[]> {
  const search = createSearch(values.flatMap((value, index) => formsOf(value, `value ${index}`)));
  const hits = [
    ...inTexts(search, places.texts ?? {}),
    ...(places.files ?? []).flatMap((file) => inFiles(search, file)),
    ...(places.dataSource ? await inTables(search, places.dataSource) : []),
  ];
  return [...new Set(hits)];
}

function formsOf(value: string, name: string): Needle[] {
  const bytes = Buffer.from(value);
  const escaped = JSON.stringify(value).slice(1, -1);
  const base64 = [0, 1, 2].map((shift) => base64Core(bytes, shift));
  const hex = bytes.toString('hex');
  const url = encodeURIComponent(value);
  const forms: Readonly<Record<string, readonly (string | Buffer)[]>> = {
    raw: [bytes],
    JSON: [escaped, escaped.replaceAll('\\', '\\\\')],
    base64: [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))],
    hex: [hex, hex.toUpperCase()],
    URL: [url, url.replaceAll('%20', '+'), url.toLowerCase()],
    'UTF-16': [Buffer.from(value, 'utf16le')],
  };
  return Object.entries(forms).flatMap(([form, shapes]) =>
    shapes.map((shape) => ({ bytes: Buffer.from(shape), name: `${name} as ${form}` })),
  );
}

/** What base64 makes of the bytes wherever they begin in its groups of three, without the characters that neighbours have a part in. */
function base64Core(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const head = shift === 0 ? 0 : shift + 1;
  const tail = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  return text.slice(head, text.length - tail);
}

function inTexts(search: Search, texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    search(Buffer.from(text)).map((found) => `${found} in ${name}`),
  );
}

function inFiles(search: Search, place: string): string[] {
  const found = statSync(place);
  if (found.isDirectory())
    return readdirSync(place).flatMap((name) => inFilesThatStay(search, path.join(place, name)));
  // A pipe holds nothing, and opening one waits for a writer that may never come.
  if (!found.isFile()) return [];
  return search(readFileSync(place)).map((hit) => `${hit} in file ${place}`);
}

/** A database makes and removes files while it is looked at. */
function inFilesThatStay(search: Search, place: string): string[] {
  try {
    return inFiles(search, place);
  } catch (error) {
    if (error instanceof Error && /ENOENT/.test(error.message)) return [];
    throw error;
  }
}

async function inTables(search: Search, dataSource: DataSource): Promise<string[]> {
  const sql = sqlOn(dataSource);
  const tables = await sql<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const hits: string[] = [];
  for (const { name } of tables)
    for (const row of await sql<Record<string, unknown>>(`select * from ${name}`))
      for (const [column, cell] of Object.entries(row))
        hits.push(...search(bytesOf(cell)).map((found) => `${found} in table ${name}.${column}`));
  return hits;
}

function bytesOf(cell: unknown): Buffer {
  if (Buffer.isBuffer(cell)) return cell;
  return Buffer.from(typeof cell === 'string' ? cell : JSON.stringify(cell ?? null));
}
