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

const SILENT = 'the database server in DATABASE_URL does not answer.';
const HUNG_UP =
  'what answers at the address in DATABASE_URL ended the connection: is it a PostgreSQL server?';
const UNKNOWN_CA =
  'the certificate of the database server is signed by an authority that this machine does not know: name its file in DATABASE_URL with sslrootcert=…';

/** Beginnings of the driver's messages for errors without a code. */
const DRIVER_MESSAGES: readonly (readonly [string, string])[] = [
  [
    'The server does not support SSL connections',
    'the database server offers no TLS, which sslmode in DATABASE_URL demands.',
  ],
  [
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be',
    'the database demands a password, and DATABASE_URL contains none.',
  ],
  ['timeout expired', SILENT],
  ['timeout exceeded when trying to connect', SILENT],
  ['Connection terminated due to connection timeout', SILENT],
  ['Connection terminated unexpectedly', HUNG_UP],
  ['There was an error establishing an SSL connection', HUNG_UP],
];

/** By Node's error code or PostgreSQL's SQLSTATE. */
const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use. If vsecure is not already running, set PORT to another port.',
  EACCES:
    'this user may not use the port or the data folder: set another PORT or VSECURE_DATA_DIR.',
  EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  ECONNREFUSED: 'no server answers at the address in DATABASE_URL.',
  ENOTFOUND: 'the host name in DATABASE_URL cannot be resolved.',
  EAI_AGAIN: 'the host name in DATABASE_URL cannot be resolved at the moment: is the network up?',
  EHOSTUNREACH: 'there is no way through the network to the host in DATABASE_URL.',
  ENETUNREACH: 'there is no way through the network to the host in DATABASE_URL.',
  ETIMEDOUT: SILENT,
  ECONNRESET: HUNG_UP,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  CERT_HAS_EXPIRED: 'the certificate of the database server has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate of the database server is for another host than the one in DATABASE_URL.',
  ENOENT:
    'a file or folder is missing: check VSECURE_DATA_DIR, VSECURE_MASTER_KEY_FILE and DATABASE_URL.',
  '28P01': 'the database refused the password in DATABASE_URL.',
  '28000': 'the database refused the user in DATABASE_URL.',
  '3D000': 'the database named in DATABASE_URL does not exist.',
  '53300':
    'the database server has no connection left: raise its max_connections, or stop other clients.',
  '57P03': 'the database server is starting or stopping: try again in a moment.',
  '25006': 'the database in DATABASE_URL is read-only: it may be a replica. Name the primary.',
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
  const sentence =
    code === undefined
      ? DRIVER_MESSAGES.find(([beginning]) => error.message.startsWith(beginning))?.[1]
      : SENTENCES[code];
  return sentence ?? `something unexpected happened (${error.name}${code ? ` ${code}` : ''})`;
}

/** A failed connection to several addresses is an AggregateError whose inner errors have the code. */
function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? codeOf(first) : undefined;
}
