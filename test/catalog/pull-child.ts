/** Pulls one model in a process of its own, which a test may kill: argv[2] is the pull as JSON. */
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { pullModel } from '../../src/catalog/pull-model.ts';

const { folder, ...request } = JSON.parse(process.argv[2] ?? '{}');

process.stdout.write('ready\n');
try {
  await pullModel({
    ...request,
    library: createModelLibrary({ folder }),
    onProgress: ({ phase }) => process.stdout.write(`${phase}\n`),
  });
  process.stdout.write('installed\n');
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
  process.exitCode = 1;
}
