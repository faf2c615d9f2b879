import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseSignInRequest } from '../../protocol/openai/console/sign-in.ts';
import type { SignInLinks } from '../../service/console/sign-in-links.ts';
import { HttpError } from '../http-error.ts';
import { readBody } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import type { Handler, Route } from '../route.ts';
import type { Console } from './console.ts';
import { type ConsoleFile, type ConsoleFiles, consolePage } from './console-files.ts';
import { isSameMachine } from './is-same-machine.ts';
import { sendConsoleFile } from './send-console-file.ts';

/**
 * The files that other pages load, too. They hold no data, and are served where the console is switched off.
 */
export function listBuildRoutes(files: ConsoleFiles): Route[] {
  const handler = (prefix: string): Handler => {
    return (request, reply) => sendKnownFile(request, reply, files, prefix + readUrlParam(request, '*'));
  };
  return [
    { method: 'GET', url: '/console/assets/*', handler: handler('assets/'), access: 'open' },
    {
      method: 'GET',
      url: '/console/favicon.svg',
      handler: (request, reply) => sendKnownFile(request, reply, files, 'favicon.svg'),
      access: 'open',
    },
  ];
}

function sendKnownFile(
  request: FastifyRequest,
  reply: FastifyReply,
  files: ConsoleFiles,
  path: string,
): Promise<FastifyReply> {
  const file = files.get(path);
  // A page of an earlier version asks for files that are gone: markup in their place would be a riddle.
  if (file === undefined) throw new HttpError('unknown_url', `The console has no file ${path}.`);
  return sendConsoleFile(request, reply, file);
}

/** The addresses below /console/. The page itself finds out which view an address means. */
export function listConsoleRoutes({ files, links }: Console): Route[] {
  const page = getConsolePage(files);
  return [
    { method: 'GET', url: '/console', handler: createFileHandler(page), access: 'open' },
    { method: 'GET', url: '/console/*', handler: createFilesHandler(files, page), access: 'open' },
    { method: 'POST', url: '/console/sign-in', handler: createSignInHandler(links), access: 'open' },
  ];
}

export function getConsolePage(files: ConsoleFiles): ConsoleFile {
  const page = files.get(consolePage);
  if (page === undefined) throw new Error(`The console has no ${consolePage}.`);
  return page;
}

function createFileHandler(file: ConsoleFile): Handler {
  return (request, reply) => sendConsoleFile(request, reply, file);
}

function createFilesHandler(files: ConsoleFiles, page: ConsoleFile): Handler {
  return (request, reply) => {
    const path = readUrlParam(request, '*');
    if (path.includes('.')) return sendKnownFile(request, reply, files, path);
    return sendConsoleFile(request, reply, page);
  };
}

/** POST /console/sign-in: the key of this machine for the secret of a one-time link. */
function createSignInHandler(links: SignInLinks): Handler {
  return async (request: FastifyRequest, reply) => {
    if (!isSameMachine(request.raw.socket)) {
      throw new HttpError(
        'insufficient_permissions',
        'A sign-in link works on the machine of the server only. Sign in with a key.',
      );
    }
    const { link } = parseSignInRequest(readBody(request));
    const key = await links.redeem(link);
    if (key === undefined) {
      throw new HttpError(
        'invalid_api_key',
        'This sign-in link was used before, or is too old. Start the server again for a new one, or sign in with a key.',
      );
    }
    return reply.header('cache-control', 'no-store').send({ key });
  };
}
