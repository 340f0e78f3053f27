/** REST: people. */

import { personRoutes, type WirePerson } from '../../contract/person.js';
import type { Person } from '../../domain/person.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';
import { onePage } from '../wire/single-page.js';

export function servePeople(serve: Serve, { managePeople, createLinkCode }: UseCases): void {
  serve(personRoutes.list, async ({ caller, query }) =>
    onePage(await managePeople.list(caller), query, ({ email }) => email, wirePerson),
  );
  serve(personRoutes.set, async ({ caller, body, repeat }) =>
    mapResult(await managePeople.set(caller, body, repeat), wirePerson),
  );
  serve(personRoutes.link, async ({ caller, repeat, body: { email, ...account } }) =>
    mapResult(await managePeople.link(caller, email, account, repeat), wirePerson),
  );
  serve(personRoutes.code, async ({ caller, body, repeat }) =>
    mapResult(await createLinkCode(caller, body.email, repeat), ({ expiresAt, ...code }) => ({
      ...code,
      expiresAt: expiresAt.toISOString(),
    })),
  );
}

const wirePerson = ({ slack, ...person }: Person): WirePerson => ({
  ...person,
  slack: slack.map(({ teamId, userId }) => ({ teamId, userId })),
});
