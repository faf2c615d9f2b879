// Files that lie beside the checkout, in a folder `shared`, on machines that have them: chat templates of well-known
// models, and a model for embeddings. They are no part of the repository. Tests that need them come from here, so that
// each of them is skipped with its reason where the files are not there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';

/** The variable is for the test that runs the others without the folder. */
const sharedFolder = process.env['SHARED_FOLDER'] ?? join(import.meta.dirname, '..', '..', 'shared');
const templatesFolder = join(sharedFolder, 'templates');

/** File names of the chat templates, `<model>.jinja`. */
export const templateFiles: readonly string[] = existsSync(templatesFolder)
  ? readdirSync(templatesFolder).filter((file) => file.endsWith('.jinja'))
  : [];

export function readTemplate(file: string): string {
  return readFileSync(join(templatesFolder, file), 'utf8');
}

/** One test for all templates together. */
export function testTemplates(title: string, check: () => void): void {
  test(title, (context) => {
    if (templateFiles.length === 0) context.skip(templatesAreAbsent);
    check();
  });
}

/** One test for each template; `%s` in the title is the file's name. */
export function testEachTemplate(title: string, check: (file: string) => void): void {
  if (templateFiles.length > 0) test.each(templateFiles)(title, check);
  else test(title.replace('%s', 'each template'), (context) => context.skip(templatesAreAbsent));
}

const templatesAreAbsent = 'the folder of templates is not beside the repository';

const embeddingModelFile = 'all-minilm-l6-v2-f16.gguf';

/** all-MiniLM-L6-v2, a real model for embeddings. */
export const embeddingModelPath = join(sharedFolder, 'models', embeddingModelFile);

export const hasEmbeddingModel = existsSync(embeddingModelPath);

/** A suite of tests that need the model for embeddings. */
export function describeEmbeddings(title: string, defineTests: () => void): void {
  if (hasEmbeddingModel) describe(title, defineTests);
  else test(title, (context) => context.skip(`${embeddingModelFile} is not beside the repository`));
}
