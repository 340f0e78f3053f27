/** The plain tables as TypeORM sees them. Hot paths speak SQL; the schema itself comes from migrations/ alone. */

import { EntitySchema } from 'typeorm';
import type { Person, PersonId } from '../domain/person.js';
import type { ApiKey, Principal } from '../domain/principal.js';
import type { SecretMetadata } from '../domain/secret.js';

const created = { type: 'timestamptz', name: 'created_at', createDate: true } as const;

export type PersonRow = Omit<Person, 'slack'> & {
  readonly createdAt: Date;
  readonly slack?: SlackAccountRow[];
};

export const PersonTable = new EntitySchema<PersonRow>({
  name: 'person',
  columns: {
    id: { type: 'text', primary: true },
    email: { type: 'text' },
    role: { type: 'text' },
    active: { type: 'boolean', default: true },
    createdAt: created,
  },
  relations: {
    slack: { type: 'one-to-many', target: 'slack_account', inverseSide: 'person' },
  },
});

export interface SlackAccountRow {
  readonly teamId: string;
  readonly userId: string;
  readonly personId: string;
  readonly person?: PersonRow;
}

export const SlackAccountTable = new EntitySchema<SlackAccountRow>({
  name: 'slack_account',
  columns: {
    teamId: { type: 'text', name: 'team_id', primary: true },
    userId: { type: 'text', name: 'user_id', primary: true },
    personId: { type: 'text', name: 'person_id' },
  },
  relations: {
    person: {
      type: 'many-to-one',
      target: 'person',
      inverseSide: 'slack',
      joinColumn: { name: 'person_id' },
    },
  },
});

export type PrincipalRow = Omit<Principal, 'suspendedAt' | 'suspendedBy'> & {
  readonly createdAt: Date;
  readonly suspendedAt: Date | null;
  readonly suspendedBy: PersonId | null;
};

export const PrincipalTable = new EntitySchema<PrincipalRow>({
  name: 'principal',
  columns: {
    id: { type: 'text', primary: true },
    name: { type: 'text' },
    class: { type: 'text' },
    owner: { type: 'text', name: 'owner_id' },
    createdAt: created,
    suspendedAt: { type: 'timestamptz', name: 'suspended_at', nullable: true },
    suspendedBy: { type: 'text', name: 'suspended_by', nullable: true },
  },
});

export type ApiKeyRow = Omit<ApiKey, 'expiresAt' | 'revokedAt'> & {
  readonly hash: Buffer;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
};

export const ApiKeyTable = new EntitySchema<ApiKeyRow>({
  name: 'api_key',
  columns: {
    id: { type: 'text', primary: true },
    principal: { type: 'text', name: 'principal_id' },
    class: { type: 'text' },
    scopes: { type: 'text', array: true },
    hint: { type: 'text' },
    hash: { type: 'bytea', select: false },
    createdAt: created,
    expiresAt: { type: 'timestamptz', name: 'expires_at', nullable: true },
    revokedAt: { type: 'timestamptz', name: 'revoked_at', nullable: true },
  },
});

export type SecretRow = SecretMetadata & { readonly deletedAt: Date | null };

export const SecretTable = new EntitySchema<SecretRow>({
  name: 'secret',
  columns: {
    id: { type: 'text', primary: true },
    path: { type: 'text' },
    version: { type: 'integer' },
    createdAt: created,
    updatedAt: { type: 'timestamptz', name: 'updated_at', default: () => 'clock_timestamp()' },
    deletedAt: { type: 'timestamptz', name: 'deleted_at', nullable: true, select: false },
  },
});

export const tables = [PersonTable, SlackAccountTable, PrincipalTable, ApiKeyTable, SecretTable];
