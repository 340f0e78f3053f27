/** What a field says when it is given something else: the kind of the value, never the value, and what is accepted. */

interface Given {
  readonly code?: string;
  readonly input?: unknown;
}

/** As `error` of a schema or of one of its checks. `what` goes after "write". */
export const accepts = (what: string) => ({
  error: (given: Given) => `${kindOf(given)}; write ${what}`,
});

function kindOf({ code, input }: Given): string {
  if (code === 'invalid_type' || code === 'invalid_union') return kindName(input);
  if (typeof input === 'string') return 'text of another form';
  if (typeof input === 'number') return 'a number out of range';
  return Array.isArray(input) ? 'a list of another length' : kindName(input);
}

function kindName(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  if (typeof input === 'string') return 'text';
  if (typeof input === 'boolean') return 'true or false';
  if (typeof input === 'number') return 'a number';
  if (!Array.isArray(input)) return 'an object';
  const odd = input.find((item) => typeof item !== 'string');
  return odd === undefined ? 'a list' : `a list with ${kindName(odd)} in it`;
}
