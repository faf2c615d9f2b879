import { z } from 'zod';

/** The error that a client reads from the body. */
export interface ReceivedError {
  readonly message: string;
  readonly code: string | undefined;
}

const receivedErrorSchema = z.object({
  error: z.object({ message: z.string().min(1), code: z.string().nullish() }),
});

/** Parses an error body. Undefined if it is not in OpenAI's format, for example the page of a proxy. */
export function parseErrorBody(value: unknown): ReceivedError | undefined {
  const parsed = receivedErrorSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { message, code } = parsed.data.error;
  return { message, code: code ?? undefined };
}
