/** Installs and removes models until it is killed: argv[2] says where and which, as JSON. */
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { churnLibrary } from './churn-library.ts';

const { models, source, names } = JSON.parse(process.argv[2] ?? '{}');

process.stdout.write('ready\n');
await churnLibrary(createModelLibrary({ folder: models }), source, names, () => false);
