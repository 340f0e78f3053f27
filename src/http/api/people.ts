/** REST: people. */

import { personRoutes, type WirePerson } from '../../contract/person.js';
import type { Person } from '../../domain/person.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';
import { onePage } from '../wire/one-page.js';

export function servePeople(
  serve: Serve,
  { managePeople, createLinkCode }: Pick<UseCases, 'managePeople' | 'createLinkCode'>,
): void {
  serve(personRoutes.list, async ({ caller, query }) =>
    onePage(await managePeople.list(caller), query, ({ email }) => email, wirePerson),
  );
  serve(personRoutes.set, async ({ caller, body, idempotencyKey }) =>
    mapResult(await managePeople.set(caller, body, idempotencyKey), wirePerson),
  );
  serve(personRoutes.remove, async ({ caller, body, idempotencyKey }) =>
    mapResult(await managePeople.remove(caller, body.email, idempotencyKey), wirePerson),
  );
  serve(personRoutes.link, async ({ caller, idempotencyKey, body: { email, ...account } }) =>
    mapResult(await managePeople.link(caller, email, account, idempotencyKey), wirePerson),
  );
  serve(personRoutes.code, async ({ caller, body, idempotencyKey }) =>
    mapResult(
      await createLinkCode(caller, body.email, idempotencyKey),
      ({ expiresAt, ...code }) => ({
        ...code,
        expiresAt: expiresAt.toISOString(),
      }),
    ),
  );
}

const wirePerson = ({ id, email, role, active, slack }: Person): WirePerson => ({
  id,
  email,
  role,
  active,
  slack: slack.map(({ teamId, userId }) => ({ teamId, userId })),
});
