import type { FastifyReply } from 'fastify';

/** The abort reason for a client that has left, so no one receives it. */
export class ClientLeftError extends Error {
  constructor() {
    super('The client closed the connection.');
    this.name = 'ClientLeftError';
  }
}

/** Calls `leave` when the client closes its connection before the answer is whole, or has closed it already. */
export function onClientLeft({ raw }: FastifyReply, leave: (reason: ClientLeftError) => void): void {
  const leaveUnanswered = () => {
    if (!raw.writableFinished) leave(new ClientLeftError());
  };
  if (raw.closed) leaveUnanswered();
  else raw.once('close', leaveUnanswered);
}

/** Aborts when the client leaves, whatever it was waiting for. */
export function createClientSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  onClientLeft(reply, (reason) => controller.abort(reason));
  return controller.signal;
}
