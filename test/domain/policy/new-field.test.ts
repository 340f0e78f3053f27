/** What a new field of a policy, or a new condition of auto-approval, costs: a few files, each of them named by the compiler. */

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';

/**
 * The files that define a field: its type, its meaning (default, description, loosening), its form on the wire, its column. Every
 * field needs these; its migration is not under `src`.
 */
const DEFINED_IN = [
  'src/contract/policy-fields.ts',
  'src/domain/policy/policy-fields.ts',
  'src/domain/policy/policy.ts',
  'src/store/policies.ts',
];

/**
 * Files that handle policies as a whole: parse, describe, check, store, send or show them. None of them may have to name a field. Every
 * other file that names one applies its rule or shows it in another answer (or has a field of the same name: a grant's `maxUses` is
 * copied from the policy). Their number depends on what the field does, so that it has no limit.
 */
const POLICY_FILES =
  /^src\/(?:domain\/policy\/|usecases\/policies\/|contract\/policy|http\/wire\/policy|http\/api\/resources|cli\/policy|cli\/commands\/(?:configure|resources|simulate)|store\/(?:policies|tables)|ports\/policies|sdk\/)/;

function sourcesNaming(field: string): readonly string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join('src', name))
    .filter((file) => new RegExp(`\\b${field}\\b`).test(readFileSync(file, 'utf8')))
    .sort();
}

test.each(['requireDecisionReason', 'maxUses'])(
  'the policy field %s is defined in four files, and no other file that handles policies names it',
  (field) => {
    expect(sourcesNaming(field).filter((file) => POLICY_FILES.test(file))).toEqual(DEFINED_IN);
  },
);

/** A copy of the sources that a test can change and compile. */
function copyOfSources() {
  const folder = temporaryFolder('new-field');
  cpSync('src', path.join(folder, 'src'), { recursive: true });
  cpSync('package.json', path.join(folder, 'package.json'));
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
  // Everything that handles policies, without the packages that only Slack, MCP and the command line need.
  const include = ['src/domain', 'src/contract', 'src/store', 'src/http/wire', 'src/usecases'];
  const settings = { compilerOptions, include };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
  return {
    write: (file: string, text: string) => writeFileSync(path.join(folder, file), text),
    /** Adds a line after the only line that begins like this. */
    addAfter(file: string, beginning: string, added: string) {
      const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
      const places = lines.flatMap((line, place) => (line.startsWith(beginning) ? [place] : []));
      expect(places, `${file}: ${beginning}`).toHaveLength(1);
      lines.splice((places[0] ?? 0) + 1, 0, added);
      writeFileSync(path.join(folder, file), lines.join('\n'));
    },
    /** What the compiler says, by file. */
    errors(): Readonly<Record<string, string>> {
      const tsc = path.resolve('node_modules/.bin/tsc');
      const { stdout } = spawnSync(tsc, ['--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
      const found = [...stdout.matchAll(/^(src\/\S+?)\(.*?\): (error .*)$/gm)];
      return Object.fromEntries(found.map(([, file = '', error = '']) => [file, error]));
    },
  };
}

test('the compiler names every place that a new field or condition lacks', () => {
  const sources = copyOfSources();
  sources.addAfter(
    'src/domain/policy/policy.ts',
    '  readonly requireDecisionReason:',
    '  readonly probe: boolean;',
  );
  sources.addAfter('src/domain/vocabulary.ts', "  requester: 'names',", "  owner: 'names',");
  const errors = sources.errors();
  expect(Object.keys(errors).sort()).toEqual([
    'src/domain/policy/conditions/index.ts',
    'src/domain/policy/policy-fields.ts',
    'src/http/wire/policy.ts',
    'src/store/policies.ts',
  ]);
  expect(errors['src/domain/policy/conditions/index.ts']).toContain('owner');
  expect(errors['src/domain/policy/policy-fields.ts']).toContain('probe');
  expect(errors['src/store/policies.ts']).toContain('probe');
  // The contract cannot know the domain's fields: where the two meet, the error says which file lacks one.
  expect(errors['src/http/wire/policy.ts']).toContain('probe');
  expect(errors['src/http/wire/policy.ts']).toContain('add it to contract/policy-fields');

  sources.addAfter(
    'src/domain/policy/policy-fields.ts',
    'export const FIELDS:',
    "  probe: { form: 'plain', byDefault: () => false, describe: yesNo, loosens: never },",
  );
  sources.addAfter('src/store/policies.ts', '  requireDecisionReason:', "  probe: 'probe',");
  sources.addAfter(
    'src/contract/policy-fields.ts',
    '  requireDecisionReason:',
    '  probe: { document: yesNo.exactOptional(), answer: z.boolean() },',
  );
  const requester = readFileSync('src/domain/policy/conditions/requester.ts', 'utf8');
  sources.write(
    'src/domain/policy/conditions/owner.ts',
    requester.replace(
      "export const requester: Condition<'requester'>",
      "export const owner: Condition<'owner'>",
    ),
  );
  const index = 'src/domain/policy/conditions/index.ts';
  sources.addAfter(index, 'import { operations }', "import { owner } from './owner.js';");
  sources.addAfter(index, '  requester,', '  owner,');
  expect(sources.errors()).toEqual({});
}, 240_000);
