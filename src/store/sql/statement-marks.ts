// Comments at the beginning of SQL that tell the driver how a statement may be run. Another driver ignores them.

/**
 * In a transaction: nothing needs the outcome before the next statement. Over a network both are one round trip. Where it
 * fails, the next statement of the transaction fails, or its commit.
 */
export const deferredMark = '/* deferred */ ';

/** Run so often that it is worth to plan it once for each connection. There are few of them. */
export const preparedMark = '/* prepared */ ';
