/** People and their Slack accounts. */

import { type EntityManager, type FindOptionsWhere, IsNull } from 'typeorm';
import { asciiLower, isAscii } from '../domain/ascii.js';
import type { Person, PersonId } from '../domain/person.js';
import type { MakeId, People, PersonReads } from '../ports/index.js';
import { type PersonRow, PersonTable, SlackAccountTable } from './tables.js';

/** A trigger that returns NULL prevents a change without an error. */
const UNCHANGED = 'the database left a person unchanged without an error';

const relations = { slack: true } as const;

export function personReads(manager: EntityManager): PersonReads {
  const people = manager.getRepository(PersonTable);
  // `findOne` makes two statements where it also reads a relation. What these conditions select is unique.
  const one = async (where: FindOptionsWhere<PersonRow>) =>
    toPerson((await people.find({ where, relations }))[0] ?? null);
  return {
    find: (id) => one({ id }),
    byEmail: (email) => one({ email: asciiLower(email) }),

    async bySlack(teamId, userId) {
      const account = await manager.findOneBy(SlackAccountTable, { teamId, userId });
      if (!account) return undefined;
      return one({ id: account.personId as PersonId });
    },

    async list() {
      const rows = await people.find({ relations, order: { email: 'asc' } });
      return rows.map(present);
    },
  };
}

export function people(manager: EntityManager, makeId: MakeId): People {
  const reads = personReads(manager);

  /** Undefined when the person was in that state already. */
  const switchTo = async (id: PersonId, active: boolean) => {
    const { affected } = await manager.update(PersonTable, { id, active: !active }, { active });
    const person = await reads.find(id);
    if (affected === 1) return person;
    if (person && person.active !== active) throw new Error(UNCHANGED);
    return undefined;
  };

  return {
    ...reads,

    async ensure(email) {
      if (!isAscii(email)) throw new Error('an e-mail address with other characters than ASCII');
      const row = { id: makeId('prsn'), email: asciiLower(email), role: 'member' as const };
      await manager
        .createQueryBuilder()
        .insert()
        .into(PersonTable)
        .values(row)
        .orIgnore()
        .execute();
      const person = await reads.byEmail(email);
      if (!person) throw new Error('a person that was just written is not there');
      return person;
    },

    async setRole(id, role) {
      const { affected } = await manager.update(PersonTable, { id }, { role });
      const person = await reads.find(id);
      if (person && affected !== 1) throw new Error(UNCHANGED);
      return person;
    },

    reactivate: (id) => switchTo(id, true),
    deactivate: (id) => switchTo(id, false),

    async remove(id) {
      const { affected } = await manager.update(
        PersonTable,
        { id, active: false, removedAt: IsNull() },
        { role: 'member', removedAt: () => 'clock_timestamp()' },
      );
      if (affected !== 1) return undefined;
      await manager.delete(SlackAccountTable, { personId: id });
      return reads.find(id);
    },

    async restore(id) {
      await manager.update(PersonTable, { id }, { removedAt: null });
    },

    async lockAdministrators() {
      const rows = await manager.find(PersonTable, {
        select: { id: true },
        where: { role: 'admin', active: true },
        order: { id: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      });
      return rows.map(({ id }) => id);
    },

    async link(id, account) {
      // Either side may be linked already: both are unique, and a link never changes.
      const { raw } = await manager
        .createQueryBuilder()
        .insert()
        .into(SlackAccountTable)
        .values({ ...account, personId: id })
        .orIgnore()
        .returning('*')
        .execute();
      const linked = await reads.bySlack(account.teamId, account.userId);
      return raw.length === 1 && linked?.id === id ? linked : undefined;
    },
  };
}

const toPerson = (row: PersonRow | null): Person | undefined => (row ? present(row) : undefined);

function present({ id, email, role, active, removedAt, slack = [] }: PersonRow): Person {
  const accounts = slack.map(({ teamId, userId }) => ({ teamId, userId }));
  return { id, email, role, active, slack: accounts, ...(removedAt && { removed: true }) };
}
