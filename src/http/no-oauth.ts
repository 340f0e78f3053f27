/**
 * Answers clients of /mcp that try OAuth because they have no key or a wrong one. Most clients show only the last answer that they get, which is
 * the one to their registration (RFC 7591), so it says what to do. Real OAuth can replace these routes: no client may cache the answers.
 */

import { type RequestHandler, Router } from 'express';

/** Does not name the scheme of the header: Claude Code hides what follows that word. */
const NO_OAUTH =
  'This server needs an API key, and the configuration of this MCP client has none or a wrong one (unknown, expired or revoked). ' +
  'Someone who administers vsecure creates a key with "vsecure keys:create --class agent", and "vsecure mcp:config" prints where each client takes it. ' +
  'There is no sign-in.';

/** The documents in which clients look for an authorization server (RFC 9728, RFC 8414, OpenID Connect Discovery), with or without the path of the endpoint. */
const METADATA =
  /^(\/mcp)?\/\.well-known\/(oauth-protected-resource|oauth-authorization-server|openid-configuration)(\/mcp)?$/;

/** 404 means that there is no authorization server, 400 that a client cannot register: no client tries again. */
export function createOAuthRefusals(): Router {
  const router = Router();
  router.all(METADATA, refuse(404));
  router.post('/register', refuse(400));
  return router;
}

/** An error of OAuth, which clients show word for word. */
const refuse =
  (status: number): RequestHandler =>
  (_req, res) => {
    res.set('Cache-Control', 'no-store');
    res.status(status).json({ error: 'access_denied', error_description: NO_OAUTH });
  };
