/** Reads the API key from a command, such as the command of a keychain. */
import { type ExecFileException, execFile } from 'node:child_process';
import { codeOf } from './fault.js';
import { splitWords } from './split-command.js';

/** The text that a source of the key returned, or a sentence about the problem that quotes nothing of it. */
export type KeyText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/** Milliseconds. A keychain may ask a person to unlock it, but an AI tool waits only for a limited time. */
const COMMAND_MAX_MS = 10_000;
const OUTPUT_MAX_BYTES = 64 * 1024;

/**
 * Runs the command without a shell and returns its stdout. Problems repeat neither the output nor the command line: both may
 * hold the key. Never rejects.
 */
export async function readKeyCommand(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  { signal, timeout = COMMAND_MAX_MS }: { signal?: AbortSignal; timeout?: number } = {},
): Promise<KeyText> {
  const [file, ...args] = splitWords(command) ?? [];
  if (file === undefined) return failed('has an unclosed quote');
  const options = {
    env,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_MAX_BYTES,
    windowsHide: true,
    ...(signal && { signal }),
  } as const;
  const run = new Promise<KeyText>((resolve) => {
    const child = execFile(file, args, options, (error, stdout) => {
      resolve(error ? failed(reasonOf(error)) : { ok: true, text: stdout });
    });
    // The command gets no input: the relay's stdin belongs to the AI tool.
    child.stdin?.on('error', () => {}).end();
  });
  // execFile throws for arguments that the system refuses, and the error quotes them.
  return run.catch(() => failed(reasonOf({})));
}

function failed(what: string): KeyText {
  return { ok: false, problem: `the command in VSECURE_API_KEY_COMMAND ${what}` };
}

function reasonOf(error: Partial<ExecFileException>): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'was not found: give the full path of the program';
  if (code === 'EACCES') return 'cannot be run: check the permissions of the program';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed far more than a key';
  if (typeof error.code === 'number')
    return `ended with exit code ${error.code}: run it in a terminal to see why`;
  if (error.killed) return `took longer than ${COMMAND_MAX_MS / 1000} s and was stopped`;
  return 'could not be run: run it in a terminal to see why';
}
