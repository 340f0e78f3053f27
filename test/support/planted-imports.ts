/** Checks planted imports with the project's own lint rules. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Statements to plant, by the file to plant them in. */
export type Plants = Readonly<Record<string, readonly string[]>>;

interface Report {
  readonly diagnostics: readonly {
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

const BIOME = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
const ONLY_IMPORT_RULES = '--only=style/noRestrictedImports';

/** Writes one statement per line and returns those that the import rules refuse, by file. */
export function refusedImports(plants: Plants): Plants {
  const checkout = mkdtempSync(path.join(tmpdir(), 'vsecure-imports-'));
  try {
    for (const rules of ['biome.json', '.gitignore']) cpSync(rules, path.join(checkout, rules));
    for (const [file, statements] of Object.entries(plants))
      plant(path.join(checkout, file), statements);
    return refused(plants, lint(checkout));
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

function plant(file: string, statements: readonly string[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${statements.join('\n')}\n`);
}

function lint(checkout: string): Report {
  const options = [ONLY_IMPORT_RULES, '--reporter=json', '--max-diagnostics=none'];
  const { stdout, stderr } = spawnSync(process.execPath, [BIOME, 'lint', ...options, '.'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  if (!stdout.startsWith('{')) throw new Error(`biome gave no report: ${stderr}`);
  return JSON.parse(stdout);
}

function refused(plants: Plants, { diagnostics }: Report): Plants {
  const at = new Set(diagnostics.map(({ location: l }) => `${l.path}:${l.start.line}`));
  return Object.fromEntries(
    Object.entries(plants).map(([file, statements]) => [
      file,
      statements.filter((_, index) => at.has(`${file}:${index + 1}`)),
    ]),
  );
}
