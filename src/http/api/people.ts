/** REST: people. */

import { personRoutes, type WirePerson } from '../../contract/person.js';
import type { Person } from '../../domain/person.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapItems, mapResult } from '../wire/map-result.js';

export function servePeople(serve: Serve, { managePeople, createLinkCode }: UseCases): void {
  serve(personRoutes.list, async ({ caller }) =>
    mapItems(await managePeople.list(caller), wirePerson),
  );
  serve(personRoutes.set, async ({ caller, body }) =>
    mapResult(await managePeople.set(caller, body), wirePerson),
  );
  serve(personRoutes.link, async ({ caller, body: { email, ...account } }) =>
    mapResult(await managePeople.link(caller, email, account), wirePerson),
  );
  serve(personRoutes.code, async ({ caller, body }) =>
    mapResult(await createLinkCode(caller, body.email), ({ expiresAt, ...code }) => ({
      ...code,
      expiresAt: expiresAt.toISOString(),
    })),
  );
}

const wirePerson = ({ slack, ...person }: Person): WirePerson => ({
  ...person,
  slack: slack.map(({ teamId, userId }) => ({ teamId, userId })),
});
