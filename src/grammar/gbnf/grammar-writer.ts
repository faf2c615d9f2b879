import { findEndlessRules } from './find-endless-rules.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

/**
 * Collects the rules of one grammar. Rules with equal bodies are merged. A rule that refers to itself is
 * reserved first and defined later.
 */
export interface GrammarWriter {
  /** undefined: any amount. */
  readonly bounds: WritingBounds | undefined;
  /** The same grammar, with the bounds of what stands in lists and in undeclared members. */
  readonly items: GrammarWriter;
  /** The name of a rule with this body. */
  add(body: string): string;
  /** A name whose body follows. */
  reserve(): string;
  define(name: string, body: string): void;
  /** Adds a named rule once. Its body is created only if it is needed. */
  addNamed(name: string, makeBody: () => string): string;
  /** The names of rules that have no text, because they never end. Reads the whole grammar. */
  findEndless(): ReadonlySet<string>;
  /** The grammar's text; `root` becomes its root rule. */
  print(root: string): string;
}

export interface GrammarLimits {
  /** Characters of the printed grammar. */
  readonly grammarBytesMax: number;
  /** undefined: any amount. */
  readonly bounds?: WritingBounds | undefined;
}

/**
 * Bounds for values without a bound, or with a wide one, in the schema. A small model may never end a string.
 */
export interface WritingBounds {
  /** Characters of a string. */
  readonly stringCharactersMax: number;
  /** Characters of a string with a pattern or a format, each of which takes a rule; infinite: they have no bound of ours. */
  readonly patternedCharactersMax: number;
  /** Characters of a string in a list or in an undeclared member; undefined: as any other. */
  readonly itemCharactersMax?: number | undefined;
  /** Characters of a string whose own bound is longer, and longer than what others may have. */
  readonly keptCharactersMax: number;
  /** Items of an array whose own bound is longer, and longer than what others may have. */
  readonly keptItemsMax: number;
  /** Characters of a member's name that is not declared. */
  readonly nameCharactersMax: number;
  /** Items of an array. */
  readonly itemsMax: number;
  /** Undeclared members of an object. */
  readonly othersMax: number;
  /** Items of an array, and members of an object, in a value of any content. */
  readonly freeItemsMax: number;
  /** Levels of arrays and objects in a value of any content, 1 or more. */
  readonly levelsMax: number;
}

/** A prefix for rule names that a writer for items adds to the names of its grammar. */
export const itemRulePrefix = 'item-';

export function createGrammarWriter({ grammarBytesMax, bounds }: GrammarLimits): GrammarWriter {
  const bodies = new Map<string, string>();
  const namesByBody = new Map<string, string>();
  let bytes = 0;
  let count = 0;

  const reserve = (): string => {
    count += 1;
    return `r${count.toString(36)}`;
  };
  const define = (name: string, body: string): void => {
    bytes += name.length + body.length + ' ::= \n'.length;
    if (bytes > grammarBytesMax) {
      throw new UnsupportedSchemaError(
        '',
        `The schema is too large: its grammar would have more than ${grammarBytesMax} characters.`,
      );
    }
    bodies.set(name, body);
  };
  const writer: Omit<GrammarWriter, 'items'> = {
    bounds,
    reserve,
    define,
    add: (body) => {
      const known = namesByBody.get(body);
      if (known !== undefined) return known;
      const name = reserve();
      namesByBody.set(body, name);
      define(name, body);
      return name;
    },
    addNamed: (name, makeBody) => {
      if (!bodies.has(name)) {
        // Set before the body is created, because a body may refer to its name.
        bodies.set(name, '');
        define(name, makeBody());
      }
      return name;
    },
    findEndless: () => findEndlessRules(bodies),
    print: (root) => {
      const lines = [`root ::= ${root}`];
      // Rules that refer to others come first, because llama.cpp looks for left recursion from each rule that
      // it has not visited.
      for (const [name, body] of [...bodies].reverse()) {
        lines.push(`${name} ::= ${body}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
  return { ...writer, items: createItemsWriter(writer) };
}

/** Its named rules have different names, because the same name with other bounds is another rule. */
function createItemsWriter(writer: Omit<GrammarWriter, 'items'>): GrammarWriter {
  const { bounds } = writer;
  const characters = bounds?.itemCharactersMax;
  const isOther = bounds !== undefined && characters !== undefined;
  return {
    ...writer,
    bounds: isOther ? { ...bounds, stringCharactersMax: characters } : bounds,
    addNamed: (name, makeBody) => writer.addNamed(isOther ? `${itemRulePrefix}${name}` : name, makeBody),
    get items() {
      return this;
    },
  };
}
