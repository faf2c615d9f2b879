import { z } from 'zod';
import { metadataSchema } from './metadata.ts';

/** UTF-16 code units of `user`, `prompt_cache_key` and `safety_identifier`. */
export const identifierCharactersMax = 512;

const identifierSchema = z.string().max(identifierCharactersMax).nullish();

/** The one tier that there is; `auto` leaves the choice to us. */
export const servedTier = 'default';

/** The members of a request that say whose it is and how it is to be kept or served. */
export const clientFields = {
  user: identifierSchema.describe(
    `Who asks, up to ${identifierCharactersMax} characters. Stands in for \`prompt_cache_key\` where that is absent.`,
  ),
  prompt_cache_key: identifierSchema.describe(
    `Requests with the same key share their place in the prompt cache, and leave those of others alone where they can; up to ${identifierCharactersMax} characters.`,
  ),
  safety_identifier: identifierSchema.describe(
    `Who asks, for a provider's checks of misuse; up to ${identifierCharactersMax} characters. There are none here: it is accepted, and named in \`x-ignored-params\`.`,
  ),
  metadata: metadataSchema,
  store: z.boolean().nullish().meta({
    default: false,
    description:
      'Keep the finished answer with what was asked, to be read, listed and removed with the same key. What can not be kept is answered all the same; a plain answer says which it was in the header `x-stored`.',
  }),
  service_tier: z
    .enum(['auto', servedTier])
    .nullish()
    .describe(`There is one tier: \`auto\` and \`${servedTier}\` are both answered with \`${servedTier}\`.`),
};

/** What the answer says of its tier; undefined where the request says nothing. */
export function toServedTier(request: {
  readonly service_tier?: string | null | undefined;
}): typeof servedTier | undefined {
  return typeof request.service_tier === 'string' ? servedTier : undefined;
}
