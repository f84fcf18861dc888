import { createReader, createWriter, type DbusValue, splitSignature } from './values.ts';

/** Messages as the bus carries them [D-Bus specification 0.43, "Message Protocol"]. */
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
/** Header fields by their code; 4 numbers and 7 text fields exist, the others are not ours. */
const fieldCodes = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
} as const;
const senderCode = 7;
const signatureCode = 8;

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
 * How long the message is that these bytes begin; null while too few have come to know.
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
