/** The first start creates an administrator's key and prints it once, on a terminal. Without a terminal the log names the command that creates it. */

import type { Log, Store } from '../ports/index.js';
import { needsFirstAdmin } from '../usecases/authorization/bootstrap-admin.js';
import type { UseCases } from '../usecases/index.js';

export async function welcomeFirstAdmin(
  store: Store,
  { bootstrapAdmin }: Pick<UseCases, 'bootstrapAdmin'>,
  email: string,
  log: Log,
): Promise<void> {
  if (!(await needsFirstAdmin(store))) return;
  if (!process.stdout.isTTY) {
    log.warn({}, 'there is no administrator yet: run `vsecure admin:bootstrap` to create one');
    return;
  }
  const created = await bootstrapAdmin(email);
  if (!created.ok) return;
  process.stdout.write(
    `\nFirst start: ${email} is the administrator. This key is shown only once. Keep it where no agent can read it:\n\n  export VSECURE_API_KEY=${created.value.token}\n\n`,
  );
}
