/** How fast things go: contenders take turns in rounds, so that a busy moment of the machine meets all of them alike. */

/** Does one operation. Throws when it failed: a fast failure must not count as speed. */
export type Work = () => Promise<unknown>;

/** Milliseconds of one round, long enough for some hundred commits. */
const ROUND = 1_500;
const WARM_UP = 500;
const ROUNDS = 5;

/** Operations a second of each contender with this many callers: the median of the rounds. */
export async function rates<Name extends string>(
  callers: number,
  contenders: Record<Name, Work>,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  for (const name of names) await rate(callers, WARM_UP, contenders[name]);
  const rounds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      rounds[name].push(await rate(callers, ROUND, contenders[name]));
  return Object.fromEntries(names.map((name) => [name, quantile(rounds[name], 0.5)])) as Record<
    Name,
    number
  >;
}

async function rate(callers: number, ms: number, work: Work): Promise<number> {
  const started = performance.now();
  let done = 0;
  const caller = async () => {
    while (performance.now() - started < ms) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (done * 1_000) / (performance.now() - started);
}

/** Milliseconds that each of the contenders took, turn by turn. Each answers with what it measured. */
export async function turns<Name extends string>(
  count: number,
  contenders: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let turn = -count / 5; turn < count; turn += 1)
    for (const name of names) {
      const ms = await contenders[name]();
      if (turn >= 0) taken[name].push(ms);
    }
  return taken;
}

/** The value below which that share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
