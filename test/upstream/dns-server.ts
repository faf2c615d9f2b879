import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/** A name server on loopback that answers every name with the same addresses. */
export interface TestDnsServer {
  /** Such as `127.0.0.1:40123`. */
  readonly address: string;
  /** `servfail`: it has no answer. `silent`: it says nothing. `only`: to questions for addresses of this family. */
  set(answer: readonly string[] | 'servfail' | 'silent', only?: 4 | 6): void;
  close(): Promise<void>;
}

const typeA = 1;
const typeAaaa = 28;

export async function startDnsServer(addresses: readonly string[], ttlSeconds = 1): Promise<TestDnsServer> {
  const answers = new Map<number, readonly string[] | 'servfail' | 'silent'>([
    [typeA, addresses],
    [typeAaaa, addresses],
  ]);
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const answer = answers.get(readType(message)) ?? [];
    if (answer !== 'silent') socket.send(toAnswer(message, answer, ttlSeconds), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    set: (next, only) => {
      if (only !== 6) answers.set(typeA, next);
      if (only !== 4) answers.set(typeAaaa, next);
    },
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function readType(question: Buffer): number {
  return question.readUInt16BE(question.indexOf(0, 12) + 1);
}

/** RFC 1035, 4.1: the head, the question as it came, and a record for each address. */
function toAnswer(question: Buffer, answer: readonly string[] | 'servfail', ttlSeconds: number): Buffer {
  const head = Buffer.alloc(12);
  question.copy(head, 0, 0, 2);
  const nameEnd = question.indexOf(0, 12);
  const type = question.readUInt16BE(nameEnd + 1);
  const asked = question.subarray(12, nameEnd + 5);
  const fitting = answer === 'servfail' ? [] : answer.filter((one) => isIP(one) === (type === typeA ? 4 : 6));
  const records = type === typeA || type === typeAaaa ? fitting : [];
  head.writeUInt16BE(answer === 'servfail' ? 0x8182 : 0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, asked, ...records.map((one) => toRecord(one, type, ttlSeconds))]);
}

function toRecord(address: string, type: number, ttlSeconds: number): Buffer {
  const bytes = type === typeA ? Buffer.from(address.split('.').map(Number)) : toBytes(address);
  const record = Buffer.alloc(12);
  // The name of the question.
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}

function toBytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = read(head);
  const after = read(tail);
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
