/** `people:set`: add a person, or change their role or whether they are active. */

import { type Command, Option } from 'commander';
import { role } from '../../contract/fields.js';
import type { Io } from '../io.js';

export function registerPeopleSet(program: Command, io: Io): void {
  program
    .command('people:set')
    .argument('<email>')
    .description('add a person, or change them')
    .addOption(new Option('--role <role>', 'what they may manage and see').choices(role.options))
    .addOption(
      new Option('--active <flag>', 'false: nothing of theirs works any more').choices([
        'true',
        'false',
      ]),
    )
    .option('--json', 'as JSON')
    .action(async (email, { role, active, json }) => {
      const change = { email, role, ...(active && { active: active === 'true' }) };
      const person = await io.client().people.set(change);
      if (json) io.json(person);
      else io.out(`${person.email}: ${person.role}, ${person.active ? 'active' : 'not active'}.`);
    });
}
