/** The name of this server in the configurations of clients. */
export const providerId = 'gravix';

/** The same for people. */
export const providerTitle = 'Gravix';

/** What clients get that must know the context of a model, where the server does not know it. */
export const contextTokensAssumed = 8192;
