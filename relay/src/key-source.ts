/** Reads the API key from exactly one source: a variable, a file or a command. */
import { type KeyText, readKeyCommand } from './key-command.js';
import { readKeyFile } from './key-file.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const SOURCES = ['VSECURE_API_KEY', 'VSECURE_API_KEY_FILE', 'VSECURE_API_KEY_COMMAND'] as const;
type Source = (typeof SOURCES)[number];

export type KeyResult =
  | { readonly ok: true; readonly apiKey: string }
  | { readonly ok: false; readonly problem: string };

/** Permissive on purpose: the server checks the rest, and a newer key format must not require a newer relay. */
const API_KEY = /^vsk_[A-Za-z0-9_]{8,256}$/;

/** Reads the key from the one source that is set; an empty variable counts as unset. Trims white space around the key. */
export async function readKey(env: Environment, signal?: AbortSignal): Promise<KeyResult> {
  const [source, otherSource] = SOURCES.filter((name) => env[name]?.trim());
  if (source === undefined) return { ok: false, problem: NO_KEY };
  if (otherSource !== undefined)
    return { ok: false, problem: `${source} and ${otherSource} are both set: keep only one` };
  const read = await readFrom(source, env[source]?.trim() ?? '', env, signal);
  if (!read.ok) return read;
  const apiKey = read.text.trim();
  return API_KEY.test(apiKey) ? { ok: true, apiKey } : { ok: false, problem: NOT_A_KEY[source] };
}

const NO_KEY =
  'VSECURE_API_KEY is not set: create a key with `vsecure keys:create --class agent`, and set VSECURE_API_KEY, VSECURE_API_KEY_FILE (a file with the key) or VSECURE_API_KEY_COMMAND (a command that prints it)';

const KEY_FORMAT = 'a key begins with vsk_ and must be copied completely';
const NOT_A_KEY: Record<Source, string> = {
  VSECURE_API_KEY: `VSECURE_API_KEY is not a vsecure key: ${KEY_FORMAT}`,
  VSECURE_API_KEY_FILE: `the file named in VSECURE_API_KEY_FILE does not contain a vsecure key: ${KEY_FORMAT}`,
  VSECURE_API_KEY_COMMAND: `the command in VSECURE_API_KEY_COMMAND did not print a vsecure key: ${KEY_FORMAT}`,
};

async function readFrom(
  source: Source,
  value: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<KeyText> {
  switch (source) {
    case 'VSECURE_API_KEY':
      return { ok: true, text: value };
    case 'VSECURE_API_KEY_FILE':
      return readKeyFile(value);
    case 'VSECURE_API_KEY_COMMAND':
      return readKeyCommand(value, env, signal && { signal });
  }
}
