/** Counts the statements that this process sends to Postgres, at the driver's client. */

import pg from 'pg';

export interface Sent {
  /** The texts, in order. */
  readonly statements: readonly string[];
  /** How often a connection had to wait: statements that are sent while an earlier one has no answer yet share one wait. */
  readonly waits: number;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** Runs the work and resolves with what all connections of this process sent meanwhile. Other work must rest. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Sent> {
  const original = pg.Client.prototype.query as unknown as Query;
  const statements: string[] = [];
  const open = new Map<pg.Client, number>();
  let waits = 0;
  const counted: Query = function counted(...args) {
    const [query] = args as [string | { text?: string }];
    statements.push(typeof query === 'string' ? query : (query.text ?? ''));
    const before = open.get(this) ?? 0;
    if (before === 0) waits += 1;
    open.set(this, before + 1);
    const answer = original.apply(this, args);
    const done = () => open.set(this, (open.get(this) ?? 1) - 1);
    // With a callback instead of a promise the statement is counted as open for ever, and hides later waits.
    if (!(answer instanceof Promise)) throw new Error('only statements with a promise are counted');
    answer.then(done, done);
    return answer;
  };
  pg.Client.prototype.query = counted as typeof pg.Client.prototype.query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  }
  return { statements, waits };
}
