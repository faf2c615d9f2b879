import { z } from 'zod';

/** What a client learns from the body of a failure. */
export interface ReceivedError {
  readonly message: string;
  readonly code: string | undefined;
}

const receivedErrorSchema = z.object({
  error: z.object({ message: z.string().min(1), code: z.string().nullish() }),
});

/** Reads the failure that a server sent; undefined when it is none in OpenAI's form, such as a proxy's page. */
export function parseErrorBody(value: unknown): ReceivedError | undefined {
  const parsed = receivedErrorSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { message, code } = parsed.data.error;
  return { message, code: code ?? undefined };
}
