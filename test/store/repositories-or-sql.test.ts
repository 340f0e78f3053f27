/** How files in src/store reach the database: through TypeORM's repositories or through SQL. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const FOLDER = new URL('../../src/store/', import.meta.url);
/** Declare the tables and the connection; they run no statement. */
const DECLARATIONS = ['tables.ts', 'database.ts'];

const sources = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts') && !DECLARATIONS.includes(name))
  .map((name) => ({ name, text: codeOf(readFileSync(new URL(name, FOLDER), 'utf8')) }));

/** The code without its comments. */
function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

/** A repository is reached through a table of tables.ts, or through a query builder. */
const usesRepositories = (text: string) =>
  /from '\.\/tables\.js'|\bgetRepository\(|\bcreateQueryBuilder\(/.test(text);
const usesSql = (text: string) =>
  /\bsql(?:<[^;()]*>)?\(|\.query\(|\b(?:select|insert into|update|delete from) [a-z_]+/.test(text);
const savesEntities = (text: string) => /\.save\(/.test(text);

test('the checks find a repository, a statement and a save in what they look like', () => {
  expect(usesRepositories(`import { PersonTable } from './tables.js';`)).toBe(true);
  expect(usesRepositories('await manager.createQueryBuilder().insert()')).toBe(true);
  expect(usesRepositories(`import { first, type Sql } from './sql.js';`)).toBe(false);
  expect(usesSql('await sql<Row[]>(`select 1`)')).toBe(true);
  expect(usesSql('await runner.query(text)')).toBe(true);
  expect(usesSql('const HEAD = `delete from job_run`;')).toBe(true);
  expect(usesSql('await manager.update(PersonTable, { id }, set)')).toBe(false);
  expect(savesEntities('await repository.save(row)')).toBe(true);
});

describe.each(sources)('src/store/$name', ({ text }) => {
  test('uses repositories or SQL, never both', () => {
    expect(usesRepositories(text) && usesSql(text)).toBe(false);
  });

  test('never saves an entity, which would overwrite what another transaction wrote', () => {
    expect(savesEntities(text)).toBe(false);
  });
});

test('only tables that people manage are repositories', () => {
  const repositories = sources.filter(({ text }) => usesRepositories(text));
  expect(repositories.map(({ name }) => name)).toEqual(['alert-rules.ts', 'people.ts']);
});
