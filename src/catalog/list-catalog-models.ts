import { catalogEntries } from './catalog.ts';
import type { CatalogEntry } from './catalog-entry.ts';
import type { CatalogModel } from './catalog-model.ts';
import { type FamilySize, type ModelFamily, modelFamilies } from './model-families.ts';

/** Every model that can be pulled by a name of the catalogue; those whose checksums we know ourselves come first. */
export function listCatalogModels(): readonly CatalogModel[] {
  return [...catalogEntries.map(toModelOfEntry), ...modelFamilies.flatMap(listFamily)];
}

/**
 * By its name, in capital or small letters: Ollama writes `q4_K_M`, people write `q4_k_m`. A family alone, or with its
 * size, stands for its default, as with Ollama: the model whose checksum we know ourselves, where there is one.
 */
export function findCatalogModel(name: string): CatalogModel | undefined {
  const wanted = name.toLowerCase();
  const models = listCatalogModels();
  const exact = models.find((model) => model.name.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const [familyName, size = 'latest'] = wanted.split(':');
  return models.find(
    ({ name: whole, family }) =>
      family === familyName && (size === 'latest' || whole.startsWith(`${family}:${size}-`)),
  );
}

function listFamily(family: ModelFamily): readonly CatalogModel[] {
  return family.sizes.flatMap((size) =>
    size.quantizations.map((quantization) => toModel(family, size, quantization)),
  );
}

function toModel(family: ModelFamily, size: FamilySize, quantization: string): CatalogModel {
  const tag = [size.size, size.variant, quantization].filter((part) => part !== undefined).join('-');
  const file = size.huggingFace?.files[quantization];
  return {
    name: `${family.name}:${tag}`,
    family: family.name,
    description: family.description,
    parameterSize: size.size.toUpperCase(),
    quantization: quantization === 'fp16' ? 'F16' : quantization.toUpperCase(),
    contextLength: size.contextLength ?? family.contextLength,
    license: size.license ?? family.license,
    capabilities: size.capabilities ?? family.capabilities,
    sizeBytes: undefined,
    source:
      size.huggingFace === undefined || file === undefined
        ? { kind: 'ollama', name: `library/${family.name}`, tag }
        : { kind: 'huggingface', repository: size.huggingFace.repository, file },
  };
}

function toModelOfEntry({ name, description, license, sizeBytes }: CatalogEntry): CatalogModel {
  const [familyName = name, tag = ''] = name.split(':');
  const family = modelFamilies.find((candidate) => candidate.name === familyName);
  const parts = tag.split('-');
  return {
    name,
    family: familyName,
    description,
    parameterSize: (parts[0] ?? '').toUpperCase(),
    quantization: (parts.at(-1) ?? '').toUpperCase(),
    contextLength: family?.contextLength,
    license,
    capabilities: family?.capabilities ?? ['chat'],
    sizeBytes,
    source: undefined,
  };
}
