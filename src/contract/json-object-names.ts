/** Tracks the names in each open object while a JSON text is read from left to right, to find duplicate names. */

export interface ObjectNames {
  /** An object or a list begins. Returns how many are open now. */
  open(bracket: '{' | '['): number;
  close(): void;
  /** Adds a name, with its quotes, to the innermost object. Returns false for a duplicate or forbidden name. */
  add(quoted: string): boolean;
}

/** A program that copies an object property by property would change the prototype of the copy. */
const FORBIDDEN = '__proto__';

export function createObjectNames(): ObjectNames {
  const stack: (Set<string> | '{' | '[')[] = [];
  return {
    open: (bracket) => stack.push(bracket),
    close: () => void stack.pop(),
    add(quoted) {
      const innermost = stack.at(-1);
      const name = unquoted(quoted);
      if (innermost === undefined || innermost === '[' || name === FORBIDDEN) return false;
      // A body can have many empty objects, so an object gets its set with its first name.
      if (innermost === '{') stack[stack.length - 1] = new Set([name]);
      else if (innermost.has(name)) return false;
      else innermost.add(name);
      return true;
    },
  };
}

/** Resolves escapes as the JSON parser does: `"\u0061"` is `a`. */
const unquoted = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
