// `npm run check:clients`: installs other people's clients, and has each chat, stream, call a tool and answer in a
// form, against a built server with the real model. `-- --url URL --key KEY --model NAME` names another server,
// `--only NAME` (repeatable) one client. Environments are kept in .cache/python; together they take about 4 GB.
import { parseArgs } from 'node:util';
import { listClients } from '../test/clients/list-clients.ts';
import { type ClientTarget, runClient } from '../test/clients/run-client.ts';
import { type ClientReport, toClientTable, toFailureTexts } from '../test/clients/to-client-table.ts';
import { setup as pullTestModel } from '../test/pull-test-model.ts';
import { startServerProcess } from '../test/server-process.ts';
import { testModelEntry, testModelPath } from '../test/test-model.ts';
import { chooseNamed } from './choose-named.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    model: { type: 'string', default: testModelEntry().name },
    only: { type: 'string', multiple: true },
  },
});
const { url, key, model, only } = values;
if ((url === undefined) !== (key === undefined)) throw new Error('--url and --key belong together.');
const clients = chooseNamed(listClients(), only, 'client');
await pullTestModel();
const server = url === undefined ? await startServerProcess({ flags: ['--log-level', 'error'] }) : undefined;
const target: ClientTarget = {
  baseUrl: url ?? `${server?.url}/v1/inference`,
  key: key ?? server?.key ?? '',
  model,
  ggufPath: testModelPath(),
};
const reports: ClientReport[] = [];
for (const client of clients) {
  process.stderr.write(`${client.name} …\n`);
  const report = await runClient(client, target);
  reports.push(report);
  // A run takes minutes, and a stopped run has already printed its results.
  for (const failure of toFailureTexts([report])) console.log(`${failure}\n`);
}
await server?.stop();
const failures = toFailureTexts(reports);
console.log(toClientTable(reports));
if (server !== undefined && server.logs() !== '') console.log(`The server logged:\n${server.logs()}`);
process.exitCode = failures.length === 0 ? 0 : 1;
