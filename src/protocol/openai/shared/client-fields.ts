import { z } from 'zod';
import { metadataSchema } from './metadata.ts';

/** UTF-16 code units of `user`, `prompt_cache_key` and `safety_identifier`. */
export const identifierCharactersMax = 512;

const identifierSchema = z.string().max(identifierCharactersMax).nullish();

/** The one tier that there is; `auto` leaves the choice to us. */
export const servedTier = 'default';

/** The fields that identify the client, and control storage and tier. */
export const clientFields = {
  user: identifierSchema.describe(
    `Identifies the end user, up to ${identifierCharactersMax} characters. Used as \`prompt_cache_key\` if that is absent.`,
  ),
  prompt_cache_key: identifierSchema.describe(
    `Requests with the same key share prompt cache slots, and avoid evicting the cache of other keys; up to ${identifierCharactersMax} characters.`,
  ),
  safety_identifier: identifierSchema.describe(
    `Identifies the end user for abuse detection, up to ${identifierCharactersMax} characters. It has no effect here and is listed in \`x-ignored-params\`.`,
  ),
  metadata: metadataSchema,
  store: z.boolean().nullish().meta({
    default: false,
    description:
      "Store the finished answer together with the request. The same key can read, list and delete it. If it can't be stored, it is still returned; the header `x-stored` of a plain answer reports whether it was stored.",
  }),
  service_tier: z
    .enum(['auto', servedTier])
    .nullish()
    .describe(`There is one tier: \`auto\` and \`${servedTier}\` both return \`${servedTier}\`.`),
};

/** The tier in the answer. Undefined if the request does not set one. */
export function toServedTier(request: {
  readonly service_tier?: string | null | undefined;
}): typeof servedTier | undefined {
  return typeof request.service_tier === 'string' ? servedTier : undefined;
}
