// The package.json files that go into the package, which differ from those of the clone in one point: npm reads
// `overrides` in the root of a tree only, so in an installed package they do not hold (docs/decisions/0032). A
// dependency that asks for an overridden package therefore goes into the package itself, without its list of
// dependencies, and this package asks for the rest of that list.

/** What of a bundled package is left out: what nothing here reads when it runs. */
const unusedFiles = {
  // The bundle holds llama.cpp's sources, for builds; the templates start other people's projects.
  'node-llama-cpp': ['!**/*.d.ts', '!**/*.map', '!llama/gitRelease.bundle', '!templates/'],
};

/** Only who develops or builds a package reads these. */
const fieldsOfDevelopment = ['devDependencies', 'overrides', 'scripts'];

/**
 * @param root the clone's manifest
 * @param manifests of the installed dependencies, by name
 * @param binaryNames the packages of the engine's binaries for the CPU, of all platforms
 * @returns the manifest of the package, and those of the packages in it by name
 */
export function toPublishedManifests(root, manifests, binaryNames) {
  const isOverridden = (name) => name in (root.overrides ?? {});
  const asksFor = (manifest) => Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const bundled = Object.keys(root.dependencies).filter((name) =>
    asksFor(manifests[name]).some(isOverridden),
  );

  const dependencies = { ...root.dependencies };
  const optionalDependencies = { ...root.optionalDependencies };
  for (const manifest of bundled.map((name) => manifests[name])) {
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (name in (manifest.optionalDependencies ?? {}) || isOverridden(name)) continue;
      if ((dependencies[name] ?? range) !== range) {
        throw new Error(`${manifest.name} wants ${name}@${range}, and package.json ${dependencies[name]}.`);
      }
      dependencies[name] = range;
    }
    for (const [name, range] of Object.entries(manifest.optionalDependencies ?? {})) {
      if (binaryNames.includes(name) && !isOverridden(name)) optionalDependencies[name] = range;
    }
  }
  return {
    root: {
      ...without(root, fieldsOfDevelopment),
      dependencies,
      optionalDependencies,
      bundleDependencies: bundled,
    },
    bundled: Object.fromEntries(bundled.map((name) => [name, toBundledManifest(manifests[name])])),
  };
}

function toBundledManifest(manifest) {
  const fields = [...fieldsOfDevelopment, 'dependencies', 'optionalDependencies'];
  return {
    ...without(manifest, fields),
    files: [...(manifest.files ?? ['**']), ...(unusedFiles[manifest.name] ?? [])],
  };
}

function without(manifest, fields) {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => !fields.includes(name)));
}
