/** Statements that a connection parses once, under a name that follows from their text. */

import type { ClientBase } from 'pg';

/** Names by text. Texts are constants of the code. */
const names = new Map<string, string>();

/**
 * For frequent statements with a constant text. The text must name its columns: with `*` it would fail after a migration adds a
 * column.
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
