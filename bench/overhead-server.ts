// The server that `npm run bench:overhead` measures: the real HTTP app and the real services over a scripted backend.
// With keys, limits, budgets and metering, or (`SIDE=off`) with doors in their place that let everything pass. Prints one
// line of JSON when it listens, and ends with its standard input.
import { mkdirSync } from 'node:fs';
import { openServerServices, type Side } from './overhead-services.ts';

const side: Side = process.env['SIDE'] === 'off' ? 'off' : 'on';
const home = process.env['GRAVIX_HOME'] ?? '';
mkdirSync(home, { recursive: true });
const server = await openServerServices(side, {
  GRAVIX_HOME: home,
  DATABASE_URL: process.env['DATABASE_URL'],
});
process.stdout.write(`${JSON.stringify({ url: server.url, keys: server.keys })}\n`);
process.stdin.resume().once('end', () => {
  void server.close().then(() => process.exit(0));
});
