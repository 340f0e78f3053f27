/** Where the API key comes from: a variable, a file or a command, and never more than one of them. */
import { type KeyText, readKeyCommand } from './key-command.js';
import { readKeyFile } from './key-file.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const SOURCES = ['VSECURE_API_KEY', 'VSECURE_API_KEY_FILE', 'VSECURE_API_KEY_COMMAND'] as const;
type Source = (typeof SOURCES)[number];

export type KeyResult =
  | { readonly ok: true; readonly apiKey: string }
  | { readonly ok: false; readonly problem: string };

/** Wide on purpose: the server checks the rest, and a newer key format must not need a newer relay. */
const API_KEY = /^vsk_[A-Za-z0-9_]{8,256}$/;

/** Reads the key from the one source that is set; empty means unset. Its white space at both ends is dropped. */
export async function readKey(env: Environment, signal?: AbortSignal): Promise<KeyResult> {
  const [source, another] = SOURCES.filter((name) => env[name]?.trim());
  if (source === undefined) return { ok: false, problem: NO_KEY };
  if (another !== undefined)
    return { ok: false, problem: `${source} and ${another} are both set: keep one of them` };
  const read = await readFrom(source, env[source]?.trim() ?? '', env, signal);
  if (!read.ok) return read;
  const apiKey = read.text.trim();
  return API_KEY.test(apiKey) ? { ok: true, apiKey } : { ok: false, problem: NOT_A_KEY[source] };
}

const NO_KEY =
  'VSECURE_API_KEY is not set: make a key with `vsecure keys:create --class agent`, and give it here, in a file (VSECURE_API_KEY_FILE) or by a command (VSECURE_API_KEY_COMMAND)';

const HOW_IT_LOOKS = 'it must begin with vsk_ and be copied whole';
const NOT_A_KEY: Record<Source, string> = {
  VSECURE_API_KEY: `VSECURE_API_KEY is not a vsecure key: ${HOW_IT_LOOKS}`,
  VSECURE_API_KEY_FILE: `the file named in VSECURE_API_KEY_FILE holds no vsecure key: ${HOW_IT_LOOKS}`,
  VSECURE_API_KEY_COMMAND: `the command in VSECURE_API_KEY_COMMAND printed no vsecure key: ${HOW_IT_LOOKS}`,
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
