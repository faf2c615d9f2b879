import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A real model for embeddings, all-MiniLM-L6-v2, which lies beside the checkout on machines that have it. Tests that
 * need it are skipped, and say so, where it is not there.
 */
export const embeddingModelPath = join(
  import.meta.dirname,
  '..',
  '..',
  'shared',
  'models',
  'all-minilm-l6-v2-f16.gguf',
);

export const hasEmbeddingModel = existsSync(embeddingModelPath);
