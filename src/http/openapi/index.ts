/** Serves the API's own description, to everybody: it says what there is to know, and holds nothing of what is kept. */

import type { Router } from 'express';
import { DOCUMENT_PATH, describeApi } from './document.js';

export function serveOpenApi(router: Router): void {
  let text: string | undefined;
  router.get(DOCUMENT_PATH, (_req, res) => {
    text ??= JSON.stringify(describeApi());
    res.type('application/json').send(text);
  });
}
