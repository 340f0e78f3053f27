/** `people:list`: lists all people. */

import type { Command } from 'commander';
import type { Person } from '../../sdk/index.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Person>[] = [
  { header: 'email', cell: ({ email }) => email },
  { header: 'role', cell: ({ role }) => role },
  { header: 'active', cell: ({ active }) => (active ? 'yes' : 'no') },
  {
    header: 'slack',
    cell: ({ slack }) =>
      slack.map(({ teamId, userId }) => `${teamId}/${userId}`).join(', ') || undefined,
  },
];

export function registerPeopleList(program: Command, io: Io): void {
  program
    .command('people:list')
    .description('list all people')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const people = await io.client().people.list();
      if (json) io.json(people);
      else io.table(people, COLUMNS);
    });
}
