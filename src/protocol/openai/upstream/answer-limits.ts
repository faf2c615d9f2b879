// What an upstream's answer may have at most. Whatever is larger is no answer of a model.

/** Calls of one choice. */
export const answerCallsMax = 128;

/** UTF-16 code units of the name of a called tool. */
export const calledNameCharactersMax = 256;

/** UTF-16 code units of arguments that wait until the calls before them are complete. */
export const heldArgumentsCharactersMax = 4 * 1024 * 1024;

/** Tokens that a count may say where the context's length is not known. */
export const countedTokensMax = 10_000_000;

/** Tokens of one chunk with their log-probabilities, or of a whole answer. */
export const answerLogprobsMax = 1_048_576;
