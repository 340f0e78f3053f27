/** What a refusal leaves behind: a code, a sentence, and one event on the audit trail. */
import { expect } from 'vitest';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import type { EventType, RefusalCode } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Services } from '../support/services.js';

interface RefusalEvent {
  readonly refusal: RefusalCode;
  readonly actor: string;
  readonly approval: string | null;
}

/** The refusals of that type which the audit trail gained while `work` ran. */
export async function refusalsDuring(
  services: Services,
  type: EventType,
  work: () => Promise<unknown>,
) {
  const sql = sqlOn(services.database.dataSource);
  const [head] = await sql<{ sequence: string }>('select sequence from audit_head');
  await work();
  return sql<RefusalEvent>(
    `select body ->> 'refusal' as refusal, body -> 'actor' ->> 'name' as actor, body ->> 'approval' as approval from audit_event
     where body ->> 'type' = $1 and sequence > $2 order by sequence`,
    [type, head?.sequence],
  );
}

/** Expects a refusal with this code that is explained in these words. */
export function expectRefusal(result: Result<unknown>, code: RefusalCode, words: RegExp): void {
  expect(result).toMatchObject({ ok: false, refusal: { code } });
  if (!result.ok) expect(explain(result.refusal)).toMatch(words);
}
