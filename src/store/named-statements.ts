/** Statements that a connection parses once: Postgres knows them by a name, which follows from their text. */

import type { ClientBase } from 'pg';

/** The names by the texts, which are constants of the code. */
const names = new Map<string, string>();

/**
 * For what is asked all the time, by a text that never varies and names its columns: one that says `*` would fail after a migration
 * that adds one.
 */
export async function queryNamed<Row>(
  client: Pick<ClientBase, 'query'>,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const name = names.get(text) ?? `vsecure_${names.size}`;
  names.set(text, name);
  const { rows } = await client.query({ name, text, values: [...parameters] });
  return rows as Row[];
}
