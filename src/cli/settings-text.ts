/** Adds vsecure to the settings text of another program. All other settings keep their meaning. */

import { CommandFailed } from './command-errors.js';

const NAME = 'vsecure';
const BOM = '\uFEFF';

/**
 * Adds the server to the object named `section`. `text` is undefined when the file does not exist yet. Throws CommandFailed
 * when the text is not a JSON object, or when it already has a server named vsecure, because that entry may hold a real key.
 */
export function withJsonServer(text: string | undefined, section: string, entry: object): string {
  const whole = text?.replace(BOM, '').trim() ? parse(text.replace(BOM, '')) : {};
  if (!isObject(whole)) throw new CommandFailed(`The file is not a JSON object. ${UNCHANGED}`);
  const servers = Object.hasOwn(whole, section) ? whole[section] : {};
  if (!isObject(servers))
    throw new CommandFailed(`"${section}" in the file is not an object. ${UNCHANGED}`);
  if (Object.hasOwn(servers, NAME)) throw new CommandFailed(`${TAKEN} ${UNCHANGED}`);
  const added = { ...whole, [section]: { ...servers, [NAME]: entry } };
  return withFormatOf(text ?? '\n', JSON.stringify(added, null, indentOf(text ?? '')));
}

/**
 * Appends the tables of `snippet`. Throws CommandFailed when the text already has a server named vsecure, or when it
 * defines mcp_servers inline, where no table can be added.
 */
export function withTomlServer(text: string | undefined, snippet: string): string {
  if (text === undefined || text.trim() === '') return snippet;
  if (TOML_TAKEN.test(text)) throw new CommandFailed(`${TAKEN} ${UNCHANGED}`);
  if (TOML_INLINE.test(text))
    throw new CommandFailed(
      `The file defines mcp_servers on one line. Rewrite it as [mcp_servers.<name>] tables first. ${UNCHANGED}`,
    );
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${snippet}`;
}

const UNCHANGED = 'Nothing was changed.';
const TAKEN = 'The file already has a server named vsecure.';

/** Matches a table `[mcp_servers.vsecure…]`, a dotted key, or a key inside `[mcp_servers]`. Too broad on purpose: a duplicate entry is worse than a refusal. */
const TOML_TAKEN =
  /^[ \t]*(?:\[[ \t]*)?(?:["']?mcp_servers["']?[ \t]*\.[ \t]*)?["']?vsecure["']?[ \t]*[\].=]/m;
const TOML_INLINE = /^[ \t]*["']?mcp_servers["']?[ \t]*=/m;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Do not pass on the parser's message: it quotes the file, which may contain keys.
    throw new CommandFailed(`The file is not valid JSON (comments are not allowed). ${UNCHANGED}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first indentation in the text. Default: two spaces. */
function indentOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

/** Gives `json` the byte order mark, the line breaks and the final line break of `before`. */
function withFormatOf(before: string, json: string): string {
  const text = `${before.startsWith(BOM) ? BOM : ''}${json}${before.endsWith('\n') ? '\n' : ''}`;
  return before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}
