/** Explains why a server command failed: one clear sentence, never a value, a parameter or a stack. */

import { ConfigError } from '../config.js';
import { MasterKeyError } from '../crypto/master-key.js';
import { UnavailableError } from '../ports/unavailable.js';
import { EmbeddedPostgresError } from '../postgres/errors.js';
import { NewerSchemaError } from '../store/migrate.js';
import { TrailNotIntactError } from '../usecases/audit/detachments.js';
import { WrongMasterKeyError } from '../usecases/open-installation.js';
import { SchemaBehindError } from './services.js';

/** Our own errors, whose messages are written for operators. */
const READABLE_ERRORS = [
  ConfigError,
  EmbeddedPostgresError,
  MasterKeyError,
  NewerSchemaError,
  SchemaBehindError,
  TrailNotIntactError,
  WrongMasterKeyError,
];

/** By Node's error code or PostgreSQL's SQLSTATE. */
const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use. If vsecure is not already running, set PORT to another port.',
  EACCES:
    'this user may not use the port or the data folder: set another PORT or VSECURE_DATA_DIR.',
  EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  ECONNREFUSED: 'no server answers at the address in DATABASE_URL.',
  ENOTFOUND: 'the host name in DATABASE_URL cannot be resolved.',
  ENOENT:
    'a file or folder is missing: check VSECURE_DATA_DIR, VSECURE_MASTER_KEY_FILE and DATABASE_URL.',
  '28P01': 'the database refused the password in DATABASE_URL.',
  '28000': 'the database refused the user in DATABASE_URL.',
  '3D000': 'the database named in DATABASE_URL does not exist.',
  '42501': 'the user in DATABASE_URL may not create tables there.',
};

/** Writes to stderr and returns the exit code: 2 for a wrong configuration, 1 for everything else. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`vsecure: ${explainFailure(error)}\n`);
  return error instanceof ConfigError ? 2 : 1;
}

/** One sentence. For an error that is not ours it names the error's name and code, never its message. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'something unexpected happened';
  if (READABLE_ERRORS.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof UnavailableError) return explainFailure(error.cause);
  const code = codeOf(error);
  const sentence = code === undefined ? undefined : SENTENCES[code];
  return sentence ?? `something unexpected happened (${error.name}${code ? ` ${code}` : ''})`;
}

/** A failed connection to several addresses is an AggregateError whose inner errors have the code. */
function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? codeOf(first) : undefined;
}
