/**
 * How D-Bus writes values, little endian, by their signature [D-Bus specification 0.43,
 * "Marshaling (Wire Format)"].
 */

/** A dictionary is an array of pairs, a structure an array, a variant a value with its signature. */
export type DbusValue =
  | string
  | number
  | bigint
  | boolean
  | readonly DbusValue[]
  | { readonly signature: string; readonly value: DbusValue };

/** Variants within variants; the specification allows 64. */
const deepestNesting = 64;

/** Single complete types of a signature: `a{sv}ao` is `a{sv}` and `ao`. */
export function splitSignature(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, start: number): number {
  let at = start;
  while (signature[at] === 'a') at += 1;
  const opening = signature[at];
  if (opening === undefined) throw new RangeError('D-Bus signature: type missing');
  if (opening !== '(' && opening !== '{') return at + 1;
  const closing = opening === '(' ? ')' : '}';
  at += 1;
  // An array of nothings would have no end.
  if (signature[at] === closing) throw new RangeError('D-Bus signature: empty structure');
  while (signature[at] !== closing) at = endOfType(signature, at);
  return at + 1;
}

function alignmentOf(type: string): number {
  switch (type[0]) {
    case 'y':
    case 'g':
    case 'v':
      return 1;
    case 'n':
    case 'q':
      return 2;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:
      return 4;
  }
}

/** Appends values to bytes; alignment counts from the beginning of the message. */
export function createWriter() {
  let bytes = Buffer.alloc(256);
  let at = 0;
  const reserve = (count: number) => {
    if (at + count > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length + count)]);
    const from = at;
    at += count;
    return from;
  };
  const align = (to: number) => reserve((to - (at % to)) % to);
  // Where to write first: reserving may replace the bytes.
  const byte = (value: number, to = reserve(1)) => bytes.writeUInt8(value, to);
  const word = (value: number, to = reserve(4)) => bytes.writeUInt32LE(value, to);
  const text = (value: string, length: (count: number) => void) => {
    const encoded = Buffer.from(`${value}\0`, 'utf8');
    length(encoded.length - 1);
    const from = reserve(encoded.length);
    encoded.copy(bytes, from);
  };
  const write = (type: string, value: DbusValue): void => {
    align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return void byte(Number(value));
      case 'b':
      case 'u':
        return void word(Number(value));
      case 's':
      case 'o':
        return text(String(value), word);
      case 'g':
        return text(String(value), byte);
      case 'v': {
        const variant = value as { signature: string; value: DbusValue };
        text(variant.signature, byte);
        return write(variant.signature, variant.value);
      }
      case 'a': {
        const element = type.slice(1);
        const lengthAt = reserve(4);
        align(alignmentOf(element));
        const from = at;
        for (const item of value as readonly DbusValue[]) write(element, item);
        return void word(at - from, lengthAt);
      }
      case '(':
      case '{': {
        const parts = value as readonly DbusValue[];
        return splitSignature(type.slice(1, -1)).forEach((part, index) => {
          write(part, parts[index] ?? '');
        });
      }
      default:
        throw new RangeError(`D-Bus type ${type} is not written here`);
    }
  };
  return { write, align, bytes: () => bytes.subarray(0, at) };
}

/**
 * Reads values off bytes; alignment counts from their beginning.
 *
 * @throws RangeError (each method) when the bytes do not hold what the signature says
 */
export function createReader(bytes: Buffer) {
  let at = 0;
  const take = (count: number) => {
    const from = at;
    at += count;
    if (at > bytes.length) throw new RangeError('D-Bus message: ends too early');
    return from;
  };
  const align = (to: number) => take((to - (at % to)) % to);
  const text = (length: number) => {
    const from = take(length + 1);
    return bytes.toString('utf8', from, from + length);
  };
  const read = (type: string, depth: number): DbusValue => {
    if (depth > deepestNesting) throw new RangeError('D-Bus message: nested too deeply');
    align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return bytes.readUInt8(take(1));
      case 'b':
        return bytes.readUInt32LE(take(4)) !== 0;
      case 'n':
        return bytes.readInt16LE(take(2));
      case 'q':
        return bytes.readUInt16LE(take(2));
      case 'i':
        return bytes.readInt32LE(take(4));
      case 'u':
      case 'h':
        return bytes.readUInt32LE(take(4));
      case 'x':
        return bytes.readBigInt64LE(take(8));
      case 't':
        return bytes.readBigUInt64LE(take(8));
      case 'd':
        return bytes.readDoubleLE(take(8));
      case 's':
      case 'o':
        return text(bytes.readUInt32LE(take(4)));
      case 'g':
        return text(bytes.readUInt8(take(1)));
      case 'v': {
        const signature = text(bytes.readUInt8(take(1)));
        if (splitSignature(signature).length !== 1) throw new RangeError('D-Bus message: no single type');
        return { signature, value: read(signature, depth + 1) };
      }
      case 'a': {
        const length = bytes.readUInt32LE(take(4));
        align(alignmentOf(type.slice(1)));
        const end = at + length;
        if (end > bytes.length) throw new RangeError('D-Bus message: array ends too late');
        const items: DbusValue[] = [];
        while (at < end) items.push(read(type.slice(1), depth + 1));
        return items;
      }
      case '(':
      case '{':
        return splitSignature(type.slice(1, -1)).map((part) => read(part, depth + 1));
      default:
        throw new RangeError(`D-Bus message: unknown type ${type[0]}`);
    }
  };
  return { align, read: (signature: string) => splitSignature(signature).map((type) => read(type, 0)) };
}
