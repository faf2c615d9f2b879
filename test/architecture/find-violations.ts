import { builtinModules } from 'node:module';
import type { HouseRules } from './house-rules.ts';
import type { ImportFact, SourceFacts } from './read-source-facts.ts';

/** Every place where the files break the rules, one sentence each; empty when the house is in order. */
export function findViolations(files: readonly SourceFacts[], rules: HouseRules): string[] {
  const product = files.filter(({ path }) => !isTestFile(path));
  return [
    ...files.flatMap((file) => findNameViolations(file, rules)),
    ...files.flatMap((file) => file.imports.flatMap((found) => findEngineRoomViolations(file.path, found))),
    ...product.flatMap((file) =>
      file.imports.flatMap((found) => findImportViolations(file.path, found, rules)),
    ),
    ...product.flatMap(findContentViolations),
    ...product.flatMap((file) => findSnakeCaseViolations(file, rules)),
    ...findFileCycles(product).map((cycle) => `cycle: ${cycle.join(' → ')}`),
  ];
}

/** Cycles in a graph, each as the path that closes it. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const walk = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      cycles.push([...path.slice(start), node]);
      return;
    }
    if (finished.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return cycles;
}

/** Tests may import anything of their folder and what they test; only names and the engine's room bind them. */
function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** The longest room that holds the path. */
function roomOf(path: string, rules: HouseRules): string | undefined {
  return Object.keys(rules.rooms)
    .filter((room) => holds(room, path))
    .sort((a, b) => b.length - a.length)[0];
}

function holds(room: string, path: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

function findNameViolations({ path }: SourceFacts, rules: HouseRules): string[] {
  const found: string[] = [];
  // A test of main.ts or app.ts stands beside it.
  if (roomOf(path.replace(/(\.model|\.soak)?\.test\.ts$/, '.ts'), rules) === undefined) {
    found.push(`${path}: no such room in the house`);
  }
  for (const name of path.split('/').map((segment) => segment.replace(/\..*$/, ''))) {
    if (/(^|-)(utils?|helpers?|common|misc)$/.test(name)) found.push(`${path}: a name that says nothing`);
    if (name === 'index') found.push(`${path}: a barrel file`);
  }
  return found;
}

/** One binding file, and nobody reaches into the child process: its entries are forked by their file names. */
function findEngineRoomViolations(path: string, { target, isFile }: ImportFact): string[] {
  const room = 'engine/engine-process';
  if (isFile && holds(room, target) && !holds(room, path))
    return [`${path}: imports ${target} of the engine process`];
  const isBinding = target === 'node-llama-cpp' || target.startsWith('node-llama-cpp/');
  // The binding's own test compares it with the package.
  const mayBind =
    path === `${room}/model/binding.ts` || /^engine\/engine-process\/model\/binding\..*test\.ts$/.test(path);
  return isBinding && !mayBind ? [`${path}: imports ${target} outside of ${room}/model/binding.ts`] : [];
}

function findImportViolations(path: string, found: ImportFact, rules: HouseRules): string[] {
  const room = roomOf(path, rules);
  if (room === undefined) return [];
  if (found.isFile) return findArrowViolations(path, room, found, rules);
  const builtin = found.target.replace(/^node:/, '');
  if (found.target.startsWith('node:') || builtinModules.includes(builtin)) {
    const refused = rules.refusedBuiltins[room] ?? [];
    const isRefused = refused.some((name) => name === '' || holds(name, builtin));
    return isRefused ? [`${path}: ${room} may not import ${found.target}`] : [];
  }
  const packageName = found.target
    .split('/')
    .slice(0, found.target.startsWith('@') ? 2 : 1)
    .join('/');
  const places = rules.packages[packageName] ?? [];
  return places.some((place) => place === path || place === room)
    ? []
    : [`${path}: ${packageName} may be imported only in ${places.join(', ') || 'no room at all'}`];
}

function findArrowViolations(path: string, room: string, found: ImportFact, rules: HouseRules): string[] {
  if (found.target.startsWith('../')) return [`${path}: imports ${found.target} from outside of src`];
  if (isTestFile(found.target)) return [`${path}: imports the test ${found.target}`];
  const targetRoom = roomOf(found.target, rules);
  const { uses = [], types = [] } = rules.rooms[room] ?? {};
  if (targetRoom === undefined || targetRoom === room || uses.includes(targetRoom)) return [];
  if (types.includes(targetRoom)) {
    return found.typeOnly ? [] : [`${path}: ${room} may import only types from ${targetRoom}`];
  }
  return [`${path}: no arrow ${room} → ${targetRoom} (${found.target})`];
}

function findContentViolations(file: SourceFacts): string[] {
  const found = file.moduleState.map((name) => `${file.path}: module-level state ${name}`);
  if (file.readsProcessEnv && !holds('config', file.path))
    found.push(`${file.path}: process.env outside of config`);
  const names = (set: ReadonlySet<string>, pattern: RegExp) => [...set].filter((name) => pattern.test(name));
  if (holds('service', file.path)) {
    for (const name of names(file.names, /^(statusCode|httpStatus)$/i))
      found.push(`${file.path}: a service with ${name}`);
  }
  if (holds('http', file.path)) {
    for (const name of names(file.conditionNames, /^(model|modelId|modelName|\w*[tT]okens)$/)) {
      found.push(`${file.path}: a decision about ${name} belongs to a service`);
    }
  }
  return found;
}

/** Identifiers and names of properties; texts such as error codes are no names. */
export function listSnakeCaseNames({ names }: SourceFacts): string[] {
  return [...names].filter((name) => /^[a-z][a-z\d]*(_[a-z\d]+)+$/.test(name));
}

function findSnakeCaseViolations(file: SourceFacts, rules: HouseRules): string[] {
  if (rules.snakeCase.some((place) => holds(place, file.path))) return [];
  return listSnakeCaseNames(file).map((name) => `${file.path}: the name ${name} in snake_case`);
}

function findFileCycles(files: readonly SourceFacts[]): string[][] {
  const toTargets = ({ imports }: SourceFacts) =>
    imports.filter(({ isFile }) => isFile).map(({ target }) => target);
  return findCycles(new Map(files.map((file) => [file.path, toTargets(file)])));
}
