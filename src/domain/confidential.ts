/** A text that must not leak. It prints, inspects and serialises as "[confidential]". */

export class Confidential {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the text. Call this only at the place that uses the text. */
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
