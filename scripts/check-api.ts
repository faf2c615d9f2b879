// `npm run check:api`: throws generated requests at a built server with the real model, from its /openapi.json.
// `-- --examples N --seed N` say how many for each operation, and which.
import { parseArgs } from 'node:util';
import { pathsLeftOut, runSchemathesis } from '../test/openapi/run-schemathesis.ts';
import { setup as pullTestModel } from '../test/pull-test-model.ts';
import { pythonEnvironment } from '../test/python-environment.ts';
import { startServerProcess } from '../test/server-process.ts';
import { testModelEntry } from '../test/test-model.ts';

const timeoutMs = 60 * 60_000;

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '100' }, seed: { type: 'string' } },
});
const python = await pythonEnvironment();
if (python === undefined) throw new Error('check:api needs python3 with venv.');
await pullTestModel();
const server = await startServerProcess({ flags: ['--log-level', 'error'] });
const { exitCode, report } = await runSchemathesis({
  python,
  ...server,
  model: testModelEntry().name,
  phases: ['examples', 'coverage', 'fuzzing'],
  examples: Number(values.examples),
  timeoutMs,
  excludedPaths: pathsLeftOut,
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
});
await server.stop();
console.log(report);
if (server.logs() !== '') console.log(`The server logged:\n${server.logs()}`);
process.exitCode = server.logs() === '' ? exitCode : 1;
