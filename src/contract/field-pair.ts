/** A field of an object as a caller writes it in a document, and as an answer shows it. */

import type { z } from 'zod';

interface FieldPair {
  readonly document: z.ZodType;
  readonly answer: z.ZodType;
}

type Side<Pairs, Which extends keyof FieldPair> = {
  -readonly [Name in keyof Pairs]: Pairs[Name] extends FieldPair ? Pairs[Name][Which] : never;
};

/** The fields of one of the two, as a shape for `z.object`. */
export const sideOf = <
  Pairs extends { readonly [Name in keyof Pairs]: FieldPair },
  Which extends keyof FieldPair,
>(
  pairs: Pairs,
  which: Which,
): Side<Pairs, Which> =>
  Object.fromEntries(
    Object.entries<FieldPair>(pairs).map(([name, pair]) => [name, pair[which]]),
  ) as Side<Pairs, Which>;
