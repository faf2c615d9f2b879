/** What a hostile schema or grammar gets: an answer in its form as far as it goes, or a clear refusal. */
export type HostileOutcome = 'refused' | 'answered' | 'either';

export interface HostileForm {
  readonly name: string;
  readonly outcome: HostileOutcome;
  readonly format: object;
}

function toFormat(schema: object): object {
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'hostile', strict: true, schema } },
  };
}

function toGrammar(grammar: string): object {
  return { response_format: { type: 'grammar', grammar } };
}

function toPattern(pattern: string): object {
  return toFormat(strictObject({ text: { type: 'string', pattern } }));
}

function strictObject(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function nest(levels: number, wrap: (inner: object) => object): object {
  let schema: object = { type: 'integer' };
  for (let level = 0; level < levels; level += 1) schema = wrap(schema);
  return schema;
}

/** `$defs` of 30 levels, each of which refers to the next twice: written out, they are a billion. */
function toDoubling(wrap: (next: object) => object): object {
  const levels = times(30, (level) => [`level${level}`, wrap({ $ref: `#/$defs/level${level + 1}` })]);
  return {
    $ref: '#/$defs/level0',
    $defs: { ...Object.fromEntries(levels), level30: { type: 'integer' } },
  };
}

const row = (name: string, outcome: HostileOutcome, format: object): HostileForm => ({
  name,
  outcome,
  format,
});

export const hostileForms: readonly HostileForm[] = [
  row('a megabyte of enum', 'either', toFormat({ enum: times(40_000, (index) => `a long value ${index}`) })),
  row(
    '10,000 properties',
    'refused',
    toFormat(strictObject(Object.fromEntries(times(10_000, (index) => [`p${index}`, { type: 'string' }])))),
  ),
  row(
    '1,000 properties that may be missing',
    'refused',
    toFormat({
      properties: Object.fromEntries(times(1_000, (index) => [`p${index}`, { type: 'string' }])),
      additionalProperties: false,
    }),
  ),
  row(
    'exponential references in members',
    'answered',
    toFormat(toDoubling((next) => strictObject({ x: next, y: next }))),
  ),
  row(
    'exponential references in anyOf',
    'answered',
    toFormat(toDoubling((next) => ({ anyOf: [next, { allOf: [next, { minProperties: 1 }] }] }))),
  ),
  row(
    'exponential references in allOf',
    'answered',
    toFormat(toDoubling((next) => ({ allOf: [next, next, { not: { const: 'x' } }] }))),
  ),
  row('a pattern of nested repetitions', 'answered', toPattern('^(a+)+$')),
  row('the same, unanchored', 'answered', toPattern('(a+)+$')),
  row('repetitions of 970,299', 'either', toPattern('((a{1,99}){1,99}){1,99}')),
  row('a pattern that is not regular and backtracks', 'either', toPattern('^(.*)*\\1$')),
  row('lookaheads', 'either', toPattern('^(?=.*a{50})(?=.*b{50}).*$')),
  row('a pattern of 2^20 states', 'either', toPattern('^(a|b)*a(a|b){20}$')),
  row('500 levels and more', 'refused', toFormat(nest(3_000, (inner) => ({ type: 'array', items: inner })))),
  row('240 levels', 'answered', toFormat(nest(240, (inner) => ({ type: 'array', items: inner })))),
  row('recursion without end', 'refused', toFormat(strictObject({ next: { $ref: '#' } }))),
  row('a reference to itself', 'refused', toFormat({ $ref: '#' })),
  row('a remote reference', 'refused', toFormat({ $ref: 'http://127.0.0.1:9/schema.json' })),
  row(
    '5,000 items with places',
    'either',
    toFormat({ prefixItems: times(5_000, (index) => ({ const: index })) }),
  ),
  row('a string of a billion', 'answered', toFormat({ type: 'string', minLength: 1e9 })),
  row(
    'a thousand alternatives',
    'answered',
    toFormat({ anyOf: times(1_000, (index) => strictObject({ kind: { const: `kind ${index}` } })) }),
  ),
  row('GBNF that begins with itself', 'refused', toGrammar('root ::= root "a" | "b"')),
  row('the same behind an empty rule', 'refused', toGrammar('root ::= e root "a" | "b"\ne ::= f\nf ::= ""')),
  row(
    'GBNF of 2^40 ways',
    'refused',
    toGrammar(
      [
        'root ::= a0',
        ...times(40, (index) => `a${index} ::= a${index + 1} | a${index + 1}`),
        'a40 ::= "x"',
      ].join('\n'),
    ),
  ),
  row('GBNF of 8 billion repetitions', 'refused', toGrammar('root ::= (("a"{0,1999}){0,1999}){0,1999}')),
  row('GBNF that is ambiguous', 'either', toGrammar('root ::= s s\ns ::= [a-z ] s s | [a-z ] s | [a-z ]')),
  row(
    'GBNF of 100,000 parentheses',
    'refused',
    toGrammar(`root ::= ${'('.repeat(1e5)}"a"${')'.repeat(1e5)}`),
  ),
  row('GBNF that is none', 'refused', toGrammar('root ::= "a')),
];
