// A process that sends one request over and over at a fixed rate, on connections that stay open. Its parent says when.
import { connect, type Socket } from 'node:net';

export interface Flood {
  readonly port: number;
  /** Header and body, as they go over the wire. */
  readonly request: string;
  readonly perSecond: number;
}

export interface FloodOutcome {
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly perSecond: number;
}

/** More than enough for answers within a few milliseconds; a server that is slower gets fewer requests. */
const connectionsMax = 64;
const tickMs = 2;

interface Connection {
  readonly socket: Socket;
  isIdle: boolean;
}

function startFlood({ port, request, perSecond }: Flood) {
  const statuses: Record<string, number> = {};
  const startedAtMs = performance.now();
  let sent = 0;
  const connections = Array.from({ length: connectionsMax }, (): Connection => {
    const connection = { socket: connect(port, '127.0.0.1'), isIdle: true };
    connection.socket.setNoDelay(true);
    readAnswers(connection.socket, (status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      connection.isIdle = true;
    });
    return connection;
  });
  const send = () => {
    const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perSecond);
    for (const connection of connections) {
      if (sent >= due) return;
      if (!connection.isIdle) continue;
      connection.isIdle = false;
      connection.socket.write(request);
      sent += 1;
    }
  };
  const timer = setInterval(send, tickMs);
  return (): FloodOutcome => {
    clearInterval(timer);
    for (const { socket } of connections) socket.destroy();
    const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    return { statuses, perSecond: (answered * 1000) / (performance.now() - startedAtMs) };
  };
}

/** One answer at a time, each with a length. */
function readAnswers(socket: Socket, onAnswer: (status: string) => void): void {
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
    const bodyStart = text.indexOf('\r\n\r\n') + 4;
    if (bodyStart < 4) return;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (text.length < bodyStart + length) return;
    onAnswer(text.slice(9, 12));
    text = '';
  });
}

let stop: (() => FloodOutcome) | undefined;
process.on('message', (message: Flood | 'stop') => {
  if (message === 'stop') process.send?.(stop?.());
  else stop = startFlood(message);
});
