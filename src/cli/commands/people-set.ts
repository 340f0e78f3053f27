/** `people:set`: adds a person, or changes their role or active status. */

import { type Command, Option } from 'commander';
import { role } from '../../contract/fields.js';
import type { Io } from '../io.js';
import { confirmNewPerson } from '../new-person.js';

export function registerPeopleSet(program: Command, io: Io): void {
  program
    .command('people:set')
    .argument('<email>')
    .description('add a person, or change their role or status')
    .addOption(
      new Option('--role <role>', 'role: decides what the person can manage and see').choices(
        role.options,
      ),
    )
    .addOption(
      new Option('--active <flag>', 'false deactivates the person and all their keys').choices([
        'true',
        'false',
      ]),
    )
    .option('--json', 'print JSON')
    .option('--yes', 'change without asking for confirmation; required without a terminal')
    .action(async (email, { role, active, yes, json }) => {
      await confirmNewPerson(io, email, { yes, unchanged: 'Nothing was changed.' });
      const question = questionBefore(email, role, active);
      if (question) await io.confirm({ question, yes, unchanged: 'Nothing was changed.' });
      const change = { email, role, ...(active && { active: active === 'true' }) };
      const person = await io.client().people.set(change);
      if (json) io.json(person);
      else io.out(`${person.email}: ${person.role}, ${person.active ? 'active' : 'deactivated'}.`);
    });
}

/** Asks before a change that cannot be undone or that gives a person more rights. */
function questionBefore(
  email: string,
  role: string | undefined,
  active: string | undefined,
): string | undefined {
  if (active === 'false')
    return `Deactivate ${email} and revoke all their keys for ever, with their grants?`;
  if (active === 'true')
    return `Activate ${email}, who then decides and manages as their role allows?`;
  return role === 'admin' || role === 'auditor' ? `Make ${email} ${role}?` : undefined;
}
