/**
 * What a server sends of a type. The SDKs add fields themselves, and declare a few otherwise than the servers of their
 * makers send them.
 */
export type Received<T> = T extends { readonly output_text: string; readonly usage?: infer U }
  ? Fields<Omit<T, 'output_text' | 'usage' | 'user'>> & {
      // OpenAI sends null for what is absent.
      readonly usage: U | null;
      readonly user: string | null;
    }
  : T extends { readonly type: 'text'; readonly citations: unknown }
    ? // Anthropic sends them only where there are some, and clients refuse null.
      Omit<T, 'citations'>
    : T extends { readonly type: 'thinking_delta' }
      ? // Only if a beta asks for them.
        Omit<T, 'estimated_tokens'>
      : T extends readonly (infer E)[]
        ? readonly Received<E>[]
        : T extends object
          ? Fields<T>
          : T;

type Fields<T> = {
  [Name in keyof T]: Name extends 'delta' ? Received<T[Name]> & Open<T[Name]> : Received<T[Name]>;
};

/** A delta of reasoning in a chat has nothing that OpenAI's type knows. */
type Open<T> = T extends object ? { readonly [name: string]: unknown } : unknown;
