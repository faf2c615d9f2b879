/** The word of the wire for an outcome, such as `timed_out` for `timed-out`. */
export function toOutcomeWord<Word extends string>(
  outcome: string,
  words: readonly Word[],
): Word | 'unknown' {
  const spelled = outcome.replaceAll('-', '_');
  return words.find((word) => word === spelled) ?? 'unknown';
}

/** The outcomes that a filter names. */
export function toOutcomes(words: readonly string[] | undefined): readonly string[] | undefined {
  return words?.map((word) => word.replaceAll('_', '-'));
}
