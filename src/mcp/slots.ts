/** How many things one key may hold open at once on this process. */

export interface Places {
  /** A way to give the place back, or undefined when `holder` has no place left. */
  take(holder: string): (() => void) | undefined;
}

export function createPlaces(each: number): Places {
  const taken = new Map<string, number>();
  return {
    take(holder) {
      const before = taken.get(holder) ?? 0;
      if (before >= each) return undefined;
      taken.set(holder, before + 1);
      return () => {
        const left = (taken.get(holder) ?? 0) - 1;
        if (left > 0) taken.set(holder, left);
        else taken.delete(holder);
      };
    },
  };
}
