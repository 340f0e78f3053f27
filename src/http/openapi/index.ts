/** Serves the OpenAPI document without a key: it describes the API and contains no stored data. */

import type { Router } from 'express';
import { DOCUMENT_PATH, describeApi } from './document.js';

export function serveOpenApi(router: Router): void {
  let text: string | undefined;
  router.get(DOCUMENT_PATH, (_req, res) => {
    text ??= JSON.stringify(describeApi());
    res.type('application/json').send(text);
  });
}
