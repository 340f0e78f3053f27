/** Encodes fields as bytes with a length before each, so that different fields never have the same encoding. */

/** Each field as its length (u16, big-endian) and its bytes: text as UTF-8, a number as u32. Throws RangeError when one does not fit. */
export function boundFields(...fields: readonly (string | number)[]): Buffer {
  return Buffer.concat(fields.flatMap(field));
}

function field(value: string | number): [Buffer, Buffer] {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : u32(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}

function u32(value: number): Buffer {
  if (!Number.isInteger(value)) throw new RangeError('not a whole number');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
