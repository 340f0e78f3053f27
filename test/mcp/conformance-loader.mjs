/**
 * Loaded with `--import` in front of both releases of the conformance suite: their one program takes `globSync` from `fs`, which node has only
 * from version 22 on. The command that needs it is not one that runs here.
 */
import { register } from 'node:module';

const FS = `export * from 'node:fs'; export { default } from 'node:fs'; export const globSync = undefined;`;
const asModule = (source) => `data:text/javascript,${encodeURIComponent(source)}`;

register(
  asModule(`
    export const resolve = (specifier, context, next) =>
      specifier === 'fs' && /conformance(-next)?\\/dist\\//.test(context.parentURL)
        ? { url: ${JSON.stringify(asModule(FS))}, shortCircuit: true }
        : next(specifier, context);
  `),
);
