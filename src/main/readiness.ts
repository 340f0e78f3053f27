/** Can this process do its work? Asked of the database each time; Slack is reported, never a reason to be unready. */

import type { Readiness } from '../http/health.js';
import { schemaState } from '../store/migrate.js';
import type { House } from './house.js';

export function createReadiness(
  { dataSource }: Pick<House, 'dataSource'>,
  slackState: () => Readiness['slack'],
): () => Promise<Readiness> {
  return async () => {
    const slack = slackState();
    try {
      const state = await schemaState(dataSource);
      return {
        ok: state === 'current',
        database: state === 'current' ? 'ok' : 'schema_behind',
        slack,
      };
    } catch (error) {
      const newer = error instanceof Error && error.name === 'NewerSchemaError';
      return { ok: false, database: newer ? 'schema_newer' : 'unreachable', slack };
    }
  };
}
