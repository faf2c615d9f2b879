import { type ExactNumber, int64Max, int64Min, toPlaces } from '../../json/exact-number.ts';
import type { GrammarWriter } from './grammar-writer.ts';
import { repeatUpTo } from './repeat-rule.ts';

// The rules of JSON itself. They are right-linear wherever they can be: a rule that ends in a reference leaves
// nothing on llama.cpp's stacks, and few stacks are what makes a grammar cheap for each token.
//
// White space is one optional space after a comma and a colon, and none anywhere else: enough for both ways in
// which models write compact JSON, and nothing that one could babble.

/** A rest of a string after its opening quote, any characters. */
export function stringRest(writer: GrammarWriter): string {
  const { bounds } = writer;
  if (bounds !== undefined) {
    return writer.addNamed(
      'string-rest',
      () => `${repeatUpTo(writer, countedCharacter(writer), bounds.stringCharactersMax)} "\\""`,
    );
  }
  return writer.addNamed(
    'string-rest',
    () => `[^"\\\\\\x00-\\x1F] string-rest | "\\\\" ${anyEscape(writer)} string-rest | "\\""`,
  );
}

/** A rest of an undeclared member's name after its opening quote, any characters. */
export function anyNameRest(writer: GrammarWriter): string {
  const { bounds } = writer;
  if (bounds === undefined) return stringRest(writer);
  return writer.addNamed(
    'any-name-rest',
    () => `${countedCharacter(writer)}{0,${bounds.nameCharactersMax}} "\\""`,
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
  const escaped = writer.addNamed(
    'whole-escape',
    () => `["\\\\/bfnrt] | "u" ([0-9a-ce-fA-CE-F] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2})`,
  );
  return writer.addNamed('character', () => `[^"\\\\\\x00-\\x1F] | "\\\\" ${escaped}`);
}

/**
 * Digits are bounded, because a model may never end a number. 21 before the decimal point and 25 after it fit
 * every number that JavaScript prints without an exponent.
 */
export function anyInteger(writer: GrammarWriter): string {
  return writer.addNamed('integer', () => '"-"? ("0" | [1-9] [0-9]{0,20})');
}

/** An integer of 64 bits with its sign. Each place of the greatest one is a rule, so that there is one way to go. */
export function anyInt64(writer: GrammarWriter): string {
  return writer.addNamed('int64', () => {
    const [above, below] = [
      addUpTo(writer, 'int64-above', int64Max),
      addUpTo(writer, 'int64-below', int64Min),
    ];
    return `"0" | ${above} | "-" ("0" | ${below})`;
  });
}

/** Digits of 1 to the magnitude of `limit`. */
function addUpTo(writer: GrammarWriter, name: string, limit: ExactNumber): string {
  const { whole: digits } = toPlaces(limit);
  return [...digits].reduceRight((next, character, place) => {
    const [digit, left] = [Number(character), digits.length - place - 1];
    const least = place === 0 ? 1 : 0;
    return writer.addNamed(`${name}-${place}`, () => {
      if (left === 0) return `[0-${digit}]?`;
      const options = [`"${digit}" ${next}`];
      if (digit > least) options.push(`[${least}-${digit - 1}] ${addDigits(writer, left)}`);
      if (digit < 9) options.push(`[${digit + 1}-9] ${addDigits(writer, left - 1)}`);
      return place === 0 ? options.join(' | ') : `(${options.join(' | ')})?`;
    });
  }, '');
}

/** Up to this many digits. */
function addDigits(writer: GrammarWriter, most: number): string {
  if (most === 0) return '""';
  return writer.addNamed(`digits-${most}`, () => `([0-9] ${addDigits(writer, most - 1)})?`);
}

export function anyNumber(writer: GrammarWriter): string {
  // Readers convert a number beyond 1e308 to infinity, which is not valid in JSON.
  const exponent = `[eE] ("-" [0-9]{1,3} | "+"? ([0-9]{1,2} | "1" [0-9]{2} | "2" [0-7] [0-9]))`;
  return writer.addNamed('number', () => `${anyInteger(writer)} ("." [0-9]{1,25})? (${exponent})?`);
}

export function space(writer: GrammarWriter): string {
  return writer.addNamed('space', () => '" "?');
}

/** `levels` of arrays and objects; undefined: any number. */
export function anyValue(writer: GrammarWriter, levels = writer.bounds?.levelsMax): string {
  return writer.addNamed(nameAt('value', levels), () => {
    const nested = levels === 0 ? [] : [anyObject(writer, levels), anyArray(writer, levels)];
    const kinds = [...nested, anyString(writer), anyNumber(writer)];
    return `${kinds.join(' | ')} | "true" | "false" | "null"`;
  });
}

export function anyObject(writer: GrammarWriter, levels = writer.bounds?.levelsMax): string {
  return writer.addNamed(nameAt('object', levels), () => {
    const member = writer.addNamed(
      nameAt('member', levels),
      () => `"\\"" ${anyNameRest(writer)} ":" ${space(writer)} ${anyValue(writer.items, below(levels))}`,
    );
    return `"{" (${member} ${restOf(writer, nameAt('object-rest', levels), member, '"}"')} | "}")`;
  });
}

export function anyArray(writer: GrammarWriter, levels = writer.bounds?.levelsMax): string {
  return writer.addNamed(nameAt('array', levels), () => {
    const item = anyValue(writer.items, below(levels));
    return `"[" (${item} ${restOf(writer, nameAt('array-rest', levels), item, '"]"')} | "]")`;
  });
}

function nameAt(name: string, levels: number | undefined): string {
  return levels === undefined ? name : `${name}-${levels}`;
}

function below(levels: number | undefined): number | undefined {
  return levels === undefined ? undefined : levels - 1;
}

/** The rest of a list after the first item, including its end. */
function restOf(writer: GrammarWriter, name: string, item: string, end: string): string {
  const { bounds } = writer;
  if (bounds === undefined || bounds.freeItemsMax === Number.POSITIVE_INFINITY) {
    return writer.addNamed(name, () => `"," ${space(writer)} ${item} ${name} | ${end}`);
  }
  const more = writer.add(`"," ${space(writer)} ${item}`);
  return writer.addNamed(name, () => `${more}{0,${bounds.freeItemsMax - 1}} ${end}`);
}
