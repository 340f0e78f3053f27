/** REST: `vsecure login`, for a person who has no key yet. */

import type { Router } from 'express';
import { loginRoutes } from '../../contract/login.js';
import type { UseCases } from '../../usecases/index.js';
import { keylessJsonBody } from '../json-body.js';
import { limitLogins, limitPerAddress } from '../rate-limits.js';
import { createServePublic } from '../serve-public.js';
import { mapResult } from '../wire/map-result.js';
import { wireKey } from './keys.js';

/** Mount it before the bearer check. The rate limit answers before the body is read. */
export function serveLogin(router: Router, { login }: Pick<UseCases, 'login'>): void {
  const { begin, take } = loginRoutes;
  router.use(begin.path, limitPerAddress(), ...keylessJsonBody);
  // Only for `begin`: a waiting terminal calls `take` every two seconds.
  const limit = limitLogins();
  router.use(begin.path, (req, res, next) => (req.path === '/' ? limit(req, res, next) : next()));
  const serve = createServePublic(router);

  serve(begin, async ({ body, address }) =>
    mapResult(await login.begin(body.device, address), ({ expiresAt, ...begun }) => ({
      ...begun,
      expiresAt: expiresAt.toISOString(),
    })),
  );

  serve(take, async ({ body }) =>
    mapResult(await login.take(body.id, body.secret), (taken) => {
      if (taken === 'waiting') return { status: taken };
      const { token, owner, ...rest } = taken;
      return { status: 'done' as const, token, key: wireKey({ ...rest, ownerEmail: owner.email }) };
    }),
  );
}
