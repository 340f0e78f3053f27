/** Limits how much one holder, such as an API key, may hold open at once in this process. */

export interface Slots {
  /** Returns a function that releases the slot, or undefined when `holder` has no slot left. */
  take(holder: string): (() => void) | undefined;
}

export function createSlots(perHolder: number): Slots {
  const taken = new Map<string, number>();
  return {
    take(holder) {
      const before = taken.get(holder) ?? 0;
      if (before >= perHolder) return undefined;
      taken.set(holder, before + 1);
      return () => {
        const left = (taken.get(holder) ?? 0) - 1;
        if (left > 0) taken.set(holder, left);
        else taken.delete(holder);
      };
    },
  };
}
