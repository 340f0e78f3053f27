/** Lists in a policy: their order and repetitions mean nothing. */

/** The items of `after` that `before` does not hold, each of them once. */
export function added(before: readonly string[], after: readonly string[]): readonly string[] {
  return [...new Set(after)].filter((item) => !before.includes(item));
}
