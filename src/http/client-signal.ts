import type { FastifyReply } from 'fastify';

/** The abort reason for a client that has left, so no one receives it. */
export class ClientLeftError extends Error {
  constructor() {
    super('The client closed the connection.');
    this.name = 'ClientLeftError';
  }
}

/** Aborts when the client closes its connection before the answer is whole, whatever it was waiting for. */
export function createClientSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const leave = () => {
    if (!reply.raw.writableFinished) {
      controller.abort(new ClientLeftError());
    }
  };
  if (reply.raw.closed) {
    leave();
  } else {
    reply.raw.once('close', leave);
  }
  return controller.signal;
}
