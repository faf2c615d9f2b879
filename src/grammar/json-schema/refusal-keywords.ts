// Keywords of ours, under names that no draft will take: what a schema may not be, where JSON Schema has no word for it.

export const refusedValuesKeyword = '\u0000refusedValues';
export const refusedPatternKeyword = '\u0000refusedPattern';
export const refusedFormatKeyword = '\u0000refusedFormat';
/** `true`: a number is no integer. */
export const refusedIntegersKeyword = '\u0000refusedIntegers';
export const refusedMultipleKeyword = '\u0000refusedMultiple';
