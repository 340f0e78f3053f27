/** What to say when a server command cannot go on: one clear sentence, never a value, a parameter or a stack. */

import { ConfigError } from '../config.js';
import { MasterKeyError } from '../crypto/master-key.js';
import { EmbeddedPostgresError } from '../postgres/errors.js';
import { NewerSchemaError } from '../store/migrate.js';
import { WrongMasterKeyError } from '../usecases/open-installation.js';
import { SchemaBehindError } from './services.js';

/** Errors of our own whose messages were written for whoever started the command. */
const SPEAKING = [
  ConfigError,
  EmbeddedPostgresError,
  MasterKeyError,
  NewerSchemaError,
  SchemaBehindError,
  WrongMasterKeyError,
];

/** By the code of Node or the SQLSTATE of Postgres. */
const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use: is vsecure already running? Set PORT to another one.',
  EACCES:
    'this user may not listen there, or may not use the data folder: choose another PORT or VSECURE_DATA_DIR.',
  EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  ECONNREFUSED: 'nothing answers at the address in DATABASE_URL.',
  ENOTFOUND: 'the host name in DATABASE_URL is not known.',
  ENOENT:
    'a file or folder is missing: check VSECURE_DATA_DIR, VSECURE_MASTER_KEY_FILE and DATABASE_URL.',
  '28P01': 'the database refused the password in DATABASE_URL.',
  '28000': 'the database refused the user in DATABASE_URL.',
  '3D000': 'the database named in DATABASE_URL does not exist.',
  '42501': 'the user in DATABASE_URL may not create tables there.',
};

/** Writes to stderr and answers with the exit code: 2 for wrong settings, 1 for everything else. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`vsecure: ${explainFailure(error)}\n`);
  return error instanceof ConfigError ? 2 : 1;
}

/** One sentence. Of an error that is not ours it holds the name and the code, never the message. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'something unexpected happened';
  if (SPEAKING.some((kind) => error instanceof kind)) return error.message;
  const code = codeOf(error);
  const known = code === undefined ? undefined : SENTENCES[code];
  return known ?? `something unexpected happened (${error.name}${code ? ` ${code}` : ''})`;
}

/** A failed connection to several addresses is an AggregateError whose parts have the code. */
function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? codeOf(first) : undefined;
}
