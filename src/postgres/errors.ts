/** Errors of the embedded server. Each message says what the operator can do. */

/** Stable codes, one for each kind of error. */
export type EmbeddedPostgresErrorCode =
  | 'unsupported_platform'
  | 'no_unprivileged_user'
  | 'unreachable_folder'
  | 'unsafe_folder'
  | 'not_a_database'
  | 'no_database'
  | 'wrong_version'
  | 'init_failed'
  | 'start_failed'
  | 'backup_in_the_way'
  | 'moved'
  | 'busy';

/** The embedded server cannot run here. The message ends with what to do next and contains no secret. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code of a failed system call (`EEXIST`, `ENOTEMPTY` …), if that is what was thrown. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
