import type { GrammarWriter } from './grammar-writer.ts';

// The rules of JSON itself. They are right-linear wherever they can be: a rule that ends in a reference leaves
// nothing on llama.cpp's stacks, and few stacks are what makes a grammar cheap for each token.
//
// White space is one optional space after a comma and a colon, and none anywhere else: enough for both ways in
// which models write compact JSON, and nothing that one could babble.

/** A rest of a string after its opening quote, any characters. */
export function stringRest(writer: GrammarWriter): string {
  return writer.addNamed(
    'string-rest',
    () => `[^"\\\\\\x00-\\x1F] string-rest | "\\\\" ${anyEscape(writer)} string-rest | "\\""`,
  );
}

function anyEscape(writer: GrammarWriter): string {
  return writer.addNamed('escape', () => `["\\\\/bfnrt] | "u" [0-9a-fA-F]{4}`);
}

export function anyString(writer: GrammarWriter): string {
  return writer.addNamed('string', () => `"\\"" ${stringRest(writer)}`);
}

/** One character of a string whose length counts: no escape that is only half of a character. */
export function countedCharacter(writer: GrammarWriter): string {
  writer.addNamed(
    'whole-escape',
    () => `["\\\\/bfnrt] | "u" ([0-9a-ce-fA-CE-F] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2})`,
  );
  return writer.addNamed('character', () => `[^"\\\\\\x00-\\x1F] | "\\\\" whole-escape`);
}

/**
 * Digits are bounded, because a model may fill a number for ever: 21 before the point and 25 after it hold every
 * number that JavaScript prints without an exponent.
 */
export function anyInteger(writer: GrammarWriter): string {
  return writer.addNamed('integer', () => '"-"? ("0" | [1-9] [0-9]{0,20})');
}

export function anyNumber(writer: GrammarWriter): string {
  // Beyond 1e308 a number is infinite to whoever reads it, and then none of JSON's.
  const exponent = `[eE] ("-" [0-9]{1,3} | "+"? ([0-9]{1,2} | "1" [0-9]{2} | "2" [0-7] [0-9]))`;
  return writer.addNamed('number', () => `${anyInteger(writer)} ("." [0-9]{1,25})? (${exponent})?`);
}

export function space(writer: GrammarWriter): string {
  return writer.addNamed('space', () => '" "?');
}

export function anyValue(writer: GrammarWriter): string {
  return writer.addNamed('value', () => {
    const kinds = [anyObject(writer), anyArray(writer), anyString(writer), anyNumber(writer)];
    return `${kinds.join(' | ')} | "true" | "false" | "null"`;
  });
}

export function anyObject(writer: GrammarWriter): string {
  return writer.addNamed('object', () => {
    const member = writer.addNamed(
      'member',
      () => `"\\"" ${stringRest(writer)} ":" ${space(writer)} ${anyValue(writer)}`,
    );
    writer.addNamed('object-rest', () => `"," ${space(writer)} ${member} object-rest | "}"`);
    return `"{" (${member} object-rest | "}")`;
  });
}

export function anyArray(writer: GrammarWriter): string {
  return writer.addNamed('array', () => {
    writer.addNamed('array-rest', () => `"," ${space(writer)} ${anyValue(writer)} array-rest | "]"`);
    return `"[" (${anyValue(writer)} array-rest | "]")`;
  });
}
