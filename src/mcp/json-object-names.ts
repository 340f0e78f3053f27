/** The names seen so far in each object that is still open, while a text that is JSON is gone through from left to right. */

export interface Tally {
  /** An object or a list begins. Answers with how many are open now. */
  open(bracket: '{' | '['): number;
  close(): void;
  /** A name, in its quotes, in the innermost object. False when it may not stand there. */
  name(quoted: string): boolean;
}

/** Readers that copy an object name by name would change what it is with this one. */
const FORBIDDEN = '__proto__';

export function createTally(): Tally {
  const stack: (Set<string> | undefined)[] = [];
  return {
    open: (bracket) => stack.push(bracket === '{' ? new Set() : undefined),
    close: () => void stack.pop(),
    name(quoted) {
      const seen = stack.at(-1);
      const name = unquoted(quoted);
      if (!seen || seen.has(name) || name === FORBIDDEN) return false;
      seen.add(name);
      return true;
    },
  };
}

/** As the parser reads it: `"\u0061"` is `a`. */
const unquoted = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
