// Preloaded into a process: records the specifier of every imported module.
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
