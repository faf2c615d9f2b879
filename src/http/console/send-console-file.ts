import type { FastifyReply, FastifyRequest } from 'fastify';
import { pagePolicy } from '../pages/page-policy.ts';
import { chooseEncoding } from './choose-encoding.ts';
import type { ConsoleFile } from './console-files.ts';

/** A file whose name has a hash is kept by browsers for a year, the page that names it for no time. */
export async function sendConsoleFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ConsoleFile,
): Promise<FastifyReply> {
  const encoding = chooseEncoding(request.headers['accept-encoding'], file.encodings);
  const content = await file.read(encoding);
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply
    .headers({
      'content-type': file.type,
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': pagePolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      vary: file.isHashed ? 'Accept-Encoding' : 'Accept, Accept-Encoding',
    })
    .send(content);
}
