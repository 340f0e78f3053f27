/** A text that must not leak: it prints, inspects and serialises as "[confidential]". */

export class Confidential {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it where it is used, and nowhere before. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[confidential]';
  }

  toJSON(): string {
    return '[confidential]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[confidential]';
  }
}
