import { createRequire } from 'node:module';

/** Where the packages keep a metaschema; `entry` is the one that a dynamic reference inside it means. */
interface KnownMetaschema {
  readonly file: string;
  readonly entry: string;
}

const draft2019 = 'https://json-schema.org/draft/2019-09';
const draft2020 = 'https://json-schema.org/draft/2020-12';
const vocabularies2019 = ['applicator', 'content', 'core', 'format', 'meta-data', 'validation'];
const vocabularies2020 = [
  ...['applicator', 'content', 'core', 'format-annotation', 'meta-data', 'unevaluated', 'validation'],
];

/** A metaschema that schemas may refer to without carrying it. `uri` has no fragment. */
export function readKnownMetaschema(uri: string): { document: unknown; entry: string } | undefined {
  const known = findKnownMetaschema(uri);
  if (known === undefined) {
    return undefined;
  }
  const document: unknown = createRequire(import.meta.url)(known.file);
  return { document, entry: known.entry };
}

function findKnownMetaschema(uri: string): KnownMetaschema | undefined {
  const old = /^https?:\/\/json-schema\.org\/draft-0([467])\/schema$/.exec(uri)?.[1];
  if (old !== undefined) {
    const folder = old === '4' ? 'ajv-draft-04/dist/refs' : 'ajv/dist/refs';
    return { file: `${folder}/json-schema-draft-0${old}.json`, entry: uri };
  }
  for (const [draft, vocabularies] of [
    [draft2019, vocabularies2019],
    [draft2020, vocabularies2020],
  ] as const) {
    const folder = `ajv/dist/refs/json-schema-${draft.slice(draft.lastIndexOf('/') + 1)}`;
    const entry = `${draft}/schema`;
    if (uri === entry) {
      return { file: `${folder}/schema.json`, entry };
    }
    const vocabulary = vocabularies.find((name) => uri === `${draft}/meta/${name}`);
    if (vocabulary !== undefined) {
      return { file: `${folder}/meta/${vocabulary}.json`, entry };
    }
  }
  return undefined;
}
