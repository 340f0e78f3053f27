/** The first start: somebody must be able to manage. On a terminal a key is made and printed once; elsewhere we say how. */

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
    log.warn({}, 'there is no admin yet: run `vsecure admin:bootstrap` to make one');
    return;
  }
  const made = await bootstrapAdmin(email);
  if (!made.ok) return;
  process.stdout.write(
    `\nFirst start: ${email} is the admin. This key is shown once; keep it where no agent can read it:\n\n  export VSECURE_API_KEY=${made.value.token}\n\n`,
  );
}
