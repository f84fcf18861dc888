/**
 * The wire format of D-Bus, little endian, as far as a client of the session bus needs it: values
 * by signature and whole messages [D-Bus specification 0.43, "Marshaling" and "Message Protocol"].
 */

/** A dictionary is an array of pairs, a structure an array, a variant a value with its signature. */
export type DbusValue =
  | string
  | number
  | bigint
  | boolean
  | readonly DbusValue[]
  | { readonly signature: string; readonly value: DbusValue };

export const messageTypes = { call: 1, answer: 2, error: 3, signal: 4 } as const;

export interface DbusMessage {
  type: number;
  /** Bit 0x2: the bus is not to start the service for this. */
  flags: number;
  serial: number;
  path: string | null;
  interface: string | null;
  member: string | null;
  errorName: string | null;
  replySerial: number | null;
  destination: string | null;
  sender: string | null;
  signature: string;
  body: readonly DbusValue[];
}

const littleEndian = 0x6c;
const protocolVersion = 1;
const fixedHeaderBytes = 16;
/** Nothing asked here is answered with more; the bus itself would allow 128 MiB. */
const longestMessageBytes = 1024 * 1024;
/** Variants within variants; the specification allows 64. */
const deepestNesting = 64;

/** Header fields by their code; 4 numbers and 7 text fields exist, the others are not ours. */
const fieldCodes = { path: 1, interface: 2, member: 3, errorName: 4, replySerial: 5, destination: 6 } as const;
const senderCode = 7;
const signatureCode = 8;

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
function createWriter() {
  let bytes = Buffer.alloc(256);
  let at = 0;
  const reserve = (count: number) => {
    if (at + count > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length + count)]);
    const from = at;
    at += count;
    return from;
  };
  const align = (to: number) => reserve((to - (at % to)) % to);
  const text = (value: string, lengthBytes: 1 | 4) => {
    const encoded = Buffer.from(`${value}\0`, 'utf8');
    if (lengthBytes === 1) bytes.writeUInt8(encoded.length - 1, reserve(1));
    else bytes.writeUInt32LE(encoded.length - 1, reserve(4));
    encoded.copy(bytes, reserve(encoded.length));
  };
  const write = (type: string, value: DbusValue): void => {
    align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return void bytes.writeUInt8(Number(value), reserve(1));
      case 'b':
      case 'u':
        return void bytes.writeUInt32LE(Number(value), reserve(4));
      case 's':
      case 'o':
        return text(String(value), 4);
      case 'g':
        return text(String(value), 1);
      case 'v': {
        const variant = value as { signature: string; value: DbusValue };
        text(variant.signature, 1);
        return write(variant.signature, variant.value);
      }
      case 'a': {
        const element = type.slice(1);
        const lengthAt = reserve(4);
        align(alignmentOf(element));
        const from = at;
        for (const item of value as readonly DbusValue[]) write(element, item);
        return void bytes.writeUInt32LE(at - from, lengthAt);
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

function createReader(bytes: Buffer) {
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

/** One message as bytes. */
export function encodeMessage(message: Partial<DbusMessage> & { type: number; serial: number }): Buffer {
  const { type, flags = 0, serial, signature = '', body = [] } = message;
  const content = createWriter();
  splitSignature(signature).forEach((part, index) => {
    content.write(part, body[index] ?? '');
  });
  const fields: DbusValue[] = [];
  for (const [name, code] of Object.entries(fieldCodes)) {
    const value = message[name as keyof typeof fieldCodes];
    if (value === undefined || value === null) continue;
    const fieldType = name === 'path' ? 'o' : name === 'replySerial' ? 'u' : 's';
    fields.push([code, { signature: fieldType, value }]);
  }
  if (signature !== '') fields.push([signatureCode, { signature: 'g', value: signature }]);
  const header = createWriter();
  for (const byte of [littleEndian, type, flags, protocolVersion]) header.write('y', byte);
  header.write('u', content.bytes().length);
  header.write('u', serial);
  header.write('a(yv)', fields);
  header.align(8);
  return Buffer.concat([header.bytes(), content.bytes()]);
}

/**
 * How long the message is that these bytes begin; null while too few have come to tell.
 *
 * @throws RangeError for what is no message, or one that is not ours to read
 */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length < fixedHeaderBytes) return null;
  if (bytes[0] !== littleEndian || bytes[3] !== protocolVersion)
    throw new RangeError('D-Bus message: not a little-endian one of version 1');
  const fieldsEnd = fixedHeaderBytes + bytes.readUInt32LE(12);
  const length = Math.ceil(fieldsEnd / 8) * 8 + bytes.readUInt32LE(4);
  if (length > longestMessageBytes) throw new RangeError('D-Bus message: too long');
  return length;
}

/**
 * @param bytes exactly one message
 * @throws RangeError when they are none
 */
export function decodeMessage(bytes: Buffer): DbusMessage {
  const reader = createReader(bytes);
  const [, type, flags, , , serial, fields] = reader.read('yyyyuua(yv)');
  reader.align(8);
  const field = (code: number) => {
    const pair = (fields as readonly (readonly DbusValue[])[]).find(([found]) => found === code);
    return (pair?.[1] as { value: DbusValue } | undefined)?.value ?? null;
  };
  const words = (code: number) => {
    const value = field(code);
    return typeof value === 'string' ? value : null;
  };
  const replySerial = field(fieldCodes.replySerial);
  const signature = words(signatureCode) ?? '';
  return {
    type: Number(type),
    flags: Number(flags),
    serial: Number(serial),
    path: words(fieldCodes.path),
    interface: words(fieldCodes.interface),
    member: words(fieldCodes.member),
    errorName: words(fieldCodes.errorName),
    replySerial: typeof replySerial === 'number' ? replySerial : null,
    destination: words(fieldCodes.destination),
    sender: words(senderCode),
    signature,
    body: reader.read(signature),
  };
}
