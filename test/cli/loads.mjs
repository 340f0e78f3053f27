// Preloaded into a command: writes down every module that is asked for.
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

export function resolve(specifier, context, next) {
  appendFileSync(process.env.LOADS_FILE, `${specifier}\n`);
  return next(specifier, context);
}

if (!process.env.LOADS_HOOKED) {
  process.env.LOADS_HOOKED = 'yes';
  register(import.meta.url);
}
