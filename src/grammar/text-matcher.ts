/** Says whether a pattern occurs in a text. What a RegExp does, without its exponential worst case. */
export interface TextMatcher {
  test(text: string): boolean;
}
