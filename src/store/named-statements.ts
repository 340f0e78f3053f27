/** Statements that a connection parses once, under a name that follows from their text. */

import type { DatabaseClient } from './client.js';
import { answered, type Statement } from './trouble.js';

/** Names by text. Texts are constants of the code. */
const names = new Map<string, string>();

/**
 * For frequent statements with a constant text. The text must name its columns: with `*` it would fail after a migration adds a
 * column.
 */
export async function queryNamed<Row>(
  client: DatabaseClient,
  text: string,
  parameters: readonly unknown[] = [],
  statement: Statement = {},
): Promise<Row[]> {
  const name = names.get(text) ?? `vsecure_${names.size}`;
  names.set(text, name);
  const query = () => client.query({ name, text, values: [...parameters] });
  const { rows } = await answered(client, query, statement);
  return rows as Row[];
}
