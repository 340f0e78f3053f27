/** What can go wrong with the embedded server, each with what the operator can do about it. */

/** The kinds of trouble, stable enough to test for. */
export type EmbeddedPostgresTrouble =
  | 'unsupported_platform'
  | 'no_unprivileged_user'
  | 'unreachable_folder'
  | 'unsafe_folder'
  | 'not_a_database'
  | 'wrong_version'
  | 'init_failed'
  | 'start_failed'
  | 'backup_in_the_way'
  | 'busy';

/** The embedded server cannot run here. Its message ends with what to do next and holds no secret. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresTrouble;

  constructor(code: EmbeddedPostgresTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code of a failed system call (`EEXIST`, `ENOTEMPTY` …), if that is what was thrown. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
