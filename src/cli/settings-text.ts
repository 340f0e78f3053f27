/** Adds vsecure to the text of another program's settings, and leaves all else in it as it means now. */

import { CommandFailed } from './command-errors.js';

const NAME = 'vsecure';
const BOM = '\uFEFF';

/**
 * The text with one more server in the object named `section`. `text` is undefined where there is no file yet.
 * Throws CommandFailed when the text is not a JSON object, or has a server of that name: that one may hold a real key.
 */
export function withJsonServer(text: string | undefined, section: string, entry: object): string {
  const whole = text?.replace(BOM, '').trim() ? parse(text.replace(BOM, '')) : {};
  if (!isObject(whole)) throw new CommandFailed(`It is not a JSON object. ${UNCHANGED}`);
  const servers = Object.hasOwn(whole, section) ? whole[section] : {};
  if (!isObject(servers))
    throw new CommandFailed(`"${section}" in it is not an object. ${UNCHANGED}`);
  if (Object.hasOwn(servers, NAME)) throw new CommandFailed(`${TAKEN} ${UNCHANGED}`);
  const added = { ...whole, [section]: { ...servers, [NAME]: entry } };
  return inTheManner(text ?? '\n', JSON.stringify(added, null, indentOf(text ?? '')));
}

/**
 * The text with the tables of `snippet` at its end.
 * Throws CommandFailed when there is a server of that name, or when servers stand where a table cannot join them.
 */
export function withTomlServer(text: string | undefined, snippet: string): string {
  if (text === undefined || text.trim() === '') return snippet;
  if (TOML_TAKEN.test(text)) throw new CommandFailed(`${TAKEN} ${UNCHANGED}`);
  if (TOML_INLINE.test(text))
    throw new CommandFailed(
      `Its mcp_servers is written on one line, to which none can be added. ${UNCHANGED}`,
    );
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${snippet}`;
}

const UNCHANGED = 'Nothing was changed.';
const TAKEN = 'It has a server named vsecure already.';

/** A table `[mcp_servers.vsecure…]`, a dotted key, or a key inside `[mcp_servers]`; rather one too many than a second one. */
const TOML_TAKEN =
  /^[ \t]*(?:\[[ \t]*)?(?:["']?mcp_servers["']?[ \t]*\.[ \t]*)?["']?vsecure["']?[ \t]*[\].=]/m;
const TOML_INLINE = /^[ \t]*["']?mcp_servers["']?[ \t]*=/m;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, which may hold keys.
    throw new CommandFailed(`It is not valid JSON; comments are not either. ${UNCHANGED}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first indentation in the text, two spaces where there is none. */
function indentOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

/** With the byte order mark, the kind of line breaks and the line break at the end that the text had. */
function inTheManner(before: string, json: string): string {
  const text = `${before.startsWith(BOM) ? BOM : ''}${json}${before.endsWith('\n') ? '\n' : ''}`;
  return before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}
