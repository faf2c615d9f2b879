import fc from 'fast-check';

/** What hardly any field takes. */
export const wrongValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, -1, 1e300, '', [], {}, [{}], [[]], [null], [{ type: 7 }], [{ type: 'toString' }]),
);

/** The request with one of its fields made wrong. */
export function withWrongField(request: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.tuple(request, fc.nat(), wrongValue).map(([good, at, value]) => {
    const names = Object.keys(good);
    return { ...good, [names[at % names.length] ?? '']: value };
  });
}
