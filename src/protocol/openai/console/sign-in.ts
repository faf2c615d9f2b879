import { z } from 'zod';
import { parseFields } from '../shared/parse-fields.ts';

/** Characters of a secret; ours have fewer. */
const linkCharactersMax = 200;

/** Body of `POST /console/sign-in`. */
const signInRequestSchema = z.object({
  link: z.string().min(1).max(linkCharactersMax).describe('The secret of a one-time link.'),
});

export function parseSignInRequest(body: unknown): z.infer<typeof signInRequestSchema> {
  return parseFields(signInRequestSchema, body, { strict: true }).fields;
}
