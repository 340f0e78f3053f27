/** Collects what is wrong, each with the path to it. */

import { asArray, asString, isObject, type JsonObject } from '../json.js';

export interface Report {
  readonly problems: string[];
  readonly add: (path: string, problem: string) => void;
  /** A string of `least` to `most` code points. */
  readonly capped: (path: string, value: unknown, most: number, least?: number) => void;
  /** The same, for a value that may be left out. */
  readonly optional: (path: string, value: unknown, most: number) => void;
  /** The items of a list that must have `least` to `most` of them, each with its path. */
  readonly items: (
    path: string,
    list: unknown,
    bounds: readonly [number, number],
  ) => readonly (readonly [string, JsonObject])[];
}

export function createReport(): Report {
  const problems: string[] = [];
  const add = (path: string, problem: string) => void problems.push(`${path}: ${problem}`);
  const capped = (path: string, value: unknown, most: number, least = 1) => {
    const length = [...asString(value)].length;
    if (typeof value !== 'string') add(path, 'is no string');
    else if (length > most) add(path, `${length} characters, ${most} allowed`);
    else if (length < least) add(path, 'is empty');
  };
  return {
    problems,
    add,
    capped,
    optional: (path, value, most) => {
      if (value !== undefined) capped(path, value, most);
    },
    items: (path, list, [least, most]) => {
      const found = asArray(list);
      if (found.length < least || found.length > most)
        add(path, `${found.length} items, ${least} to ${most} allowed`);
      return found.map((item, index) => {
        if (!isObject(item)) add(`${path}[${index}]`, 'is no object');
        return [`${path}[${index}]`, isObject(item) ? item : {}] as const;
      });
    },
  };
}
