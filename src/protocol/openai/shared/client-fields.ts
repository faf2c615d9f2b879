import { z } from 'zod';
import { metadataSchema } from './metadata.ts';

/** UTF-16 code units of `user`, `prompt_cache_key` and `safety_identifier`. */
export const identifierCharactersMax = 512;

const identifierSchema = z.string().max(identifierCharactersMax).nullish();

/** The one tier that there is. */
export const servedTier = 'default';

/** The tiers that a request may ask for. None is slower or faster than the others here. */
const askedTiers = ['auto', servedTier, 'flex', 'scale', 'priority', 'fast'] as const;

const cacheNote = 'Accepted. The prompt cache works without it.';

/** The prompt cache keeps the longest common beginnings for as long as there is room, and needs no marks. */
const promptCacheFields = {
  prompt_cache_options: z
    .object({ mode: z.enum(['implicit', 'explicit']).nullish(), ttl: z.string().nullish() })
    .nullish()
    .meta({ 'x-effect': 'none', description: cacheNote }),
  prompt_cache_retention: z
    .enum(['in_memory', 'in-memory', '24h'])
    .nullish()
    .meta({ 'x-effect': 'none', description: cacheNote }),
};

/** The fields that identify the client, and control storage and tier. */
export const clientFields = {
  user: identifierSchema.describe(
    `Identifies the end user, up to ${identifierCharactersMax} characters. Used as \`prompt_cache_key\` if that is absent.`,
  ),
  prompt_cache_key: identifierSchema.describe(
    `Requests with the same key share prompt cache slots, and avoid evicting the cache of other keys; up to ${identifierCharactersMax} characters.`,
  ),
  ...promptCacheFields,
  safety_identifier: identifierSchema.describe(
    `Newer name of \`user\`, which takes precedence; up to ${identifierCharactersMax} characters. Nothing is checked for abuse.`,
  ),
  metadata: metadataSchema,
  store: z.boolean().nullish().meta({
    default: false,
    description:
      "Store the finished answer together with the request. The same key can read, list and delete it. If it can't be stored, it is still returned; the header `x-stored` of a plain answer reports whether it was stored.",
  }),
  service_tier: z
    .enum(askedTiers)
    .nullish()
    .describe(`There is one tier: the answer says \`${servedTier}\`, whatever is asked for.`),
};

/** The tier in the answer. Undefined if the request does not set one. */
export function toServedTier(request: {
  readonly service_tier?: string | null | undefined;
}): typeof servedTier | undefined {
  return typeof request.service_tier === 'string' ? servedTier : undefined;
}
