import type { FuzzedRequest, KnownId } from './arbitrary-fuzzed-request.ts';

/** Ids of earlier answers, which later requests name. */
export class KnownIds {
  readonly #ids: string[] = [];

  /** Of what the answer made: a stored answer, a key or a project. */
  note(body: string): void {
    const id = /"id":"((?:chatcmpl-|resp_|key_|proj_)[\w-]+)"/.exec(body)?.[1];
    if (id === undefined) return;
    this.#ids.push(id);
    if (this.#ids.length > 200) this.#ids.shift();
  }

  find(value: string | KnownId): string {
    return typeof value === 'string' ? value : (this.#ids.at(-1 - value.known) ?? 'none');
  }
}

export interface Written {
  readonly bytes: Buffer;
  /** For people who read of a failure. */
  readonly title: string;
}

/** The bytes of the request as they are sent. */
export function writeRequest(
  request: FuzzedRequest,
  keys: Readonly<Record<string, string>>,
  ids: KnownIds,
): Written {
  const { method, query, headers, body, framing, damage } = request;
  const target = toTarget(request, ids) + (query === '' ? '' : `?${query}`);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: gravix',
    ...toKeyLines(request.keyHeader, keys[request.keyName] ?? ''),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['content-type: application/json']),
    ...toFramingLines(framing, body),
    ...(headers.some(([name]) => name === 'connection') ? [] : ['connection: close']),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const whole = Buffer.concat([head, toFramedBody(framing, body)]);
  const { at, removed, added } = damage ?? { at: 0, removed: 0, added: Buffer.alloc(0) };
  const bytes = Buffer.concat([whole.subarray(0, at), added, whole.subarray(at + removed)]);
  return { bytes, title: `${method} ${request.operation.path} as ${request.keyName}` };
}

function toTarget({ operation, pathValues }: FuzzedRequest, ids: KnownIds): string {
  let at = 0;
  return operation.path.replaceAll(/\{[^}]+\}/g, () => {
    const value = ids.find(pathValues[at % pathValues.length] ?? '');
    at += 1;
    return value;
  });
}

function toKeyLines(form: FuzzedRequest['keyHeader'], key: string): readonly string[] {
  if (key === '') return [];
  const bearer = `authorization: Bearer ${key}`;
  if (form === 'bearer') return [bearer];
  if (form === 'x-api-key') return [`x-api-key: ${key}`];
  return form === 'both' ? [bearer, `x-api-key: ${key}`] : [`authorization: Basic ${btoa(`a:${key}`)}`];
}

function toFramingLines(framing: FuzzedRequest['framing'], body: Buffer | undefined): readonly string[] {
  if (body === undefined || framing === 'none') return [];
  if (framing === 'chunked') return ['transfer-encoding: chunked'];
  const wrongBy = framing === 'long' ? 7 : framing === 'short' ? -7 : 0;
  return [`content-length: ${Math.max(0, body.length + wrongBy)}`];
}

function toFramedBody(framing: FuzzedRequest['framing'], body: Buffer | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (framing !== 'chunked') return body;
  const first = body.subarray(0, Math.floor(body.length / 2));
  const chunks = [first, body.subarray(first.length)].filter(({ length }) => length > 0);
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('0\r\n\r\n'),
  ]);
}
