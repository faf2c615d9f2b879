// What `npm pack` runs after the build: while npm packs, package.json and those of the bundled packages are what is
// published. Afterwards postpack.mjs puts back what was there. After a pack that was killed or failed,
// `node scripts/postpack.mjs` does, as package.json has no scripts then.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keep, restoreKept } from './kept-files.mjs';
import { projectRoot } from './prepare.mjs';
import { toPublishedManifests } from './published-manifests.mjs';

const { listCpuPackageNames } = await import('../dist/engine/binary-package.js');

restoreKept();
// npm finds out only after it has packed, and then leaves out postpack.
const destination = process.env.npm_config_pack_destination;
if (destination && !existsSync(destination)) {
  console.error(`There is no folder ${destination} for the package: make it first.`);
  process.exit(1);
}
const root = readManifest('package.json');
const manifests = Object.fromEntries(
  Object.keys(root.dependencies).map((name) => [name, readManifest(toManifestPath(name))]),
);
const published = toPublishedManifests(root, manifests, listCpuPackageNames());
// npm believes its own list of what is installed before it reads a package's manifest.
const installedList = 'node_modules/.package-lock.json';
if (existsSync(join(projectRoot, installedList))) {
  keep(installedList);
  rmSync(join(projectRoot, installedList));
}
replace('package.json', published.root);
for (const [name, manifest] of Object.entries(published.bundled)) replace(toManifestPath(name), manifest);

function toManifestPath(name) {
  return `node_modules/${name}/package.json`;
}

function readManifest(path) {
  return JSON.parse(readFileSync(join(projectRoot, path), 'utf8'));
}

function replace(path, manifest) {
  keep(path);
  // Not written in place: a file of node_modules may have links elsewhere.
  rmSync(join(projectRoot, path));
  writeFileSync(join(projectRoot, path), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
