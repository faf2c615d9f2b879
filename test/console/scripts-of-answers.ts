import { callTools, finish, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';

/** Markdown that tries to run something, or to tell someone that it is read. */
const hostileTexts: readonly string[] = [
  '<script>window.hacked = 1</script>\n\n<img src=x onerror="window.hacked = 2">\n\n',
  '<svg onload="window.hacked = 3"><script>window.hacked = 4</script></svg>\n\n',
  '<iframe srcdoc="<script>parent.hacked = 5</script>"></iframe><style>body { display: none }</style>\n\n',
  '[click](javascript:window.hacked=6) [click](data:text/html,<script>window.hacked=7</script>) [click](vbscript:x)\n\n',
  '![picture](https://evil.example/pixel.png) ![p](//evil.example/b.png) ![p](data:image/svg+xml,<svg/>)\n\n',
  '[ref]: javascript:window.hacked=8\n[a link][ref] <javascript:window.hacked=9> <https://evil.example/auto>\n\n',
  '$$\\href{javascript:window.hacked=10}{x} \\includegraphics{https://evil.example/m.png} \\htmlStyle{color:red}{y}$$\n\n',
  'This is fine: $$x^2$$\n\n',
  '```html\n<script>window.hacked = 11</script>\n```\n\n',
  '| a |\n| - |\n| <b onclick="window.hacked=12">x</b> |\n\n<a href="https://evil.example/" ping="https://evil.example/p">y</a>\n\n',
  'The end of it.',
];

/** Models whose names say what they answer. */
export const answers: Readonly<Record<string, Script>> = {
  friendly: sayTexts('**Hello**', ' from', ' the', ' model.'),
  second: sayTexts('I', ' am', ' another.'),
  counting: createCounter(),
  endless: () => [started, textDelta('Once upon a time'), { type: 'wait-for-abort' }],
  thoughtful: () => [
    started,
    { type: 'reasoning-delta', text: 'Let me *think*.' },
    textDelta('Done.'),
    finish(5),
  ],
  calling: (request) =>
    JSON.stringify(request).includes('It is sunny')
      ? sayTexts('Sunny', ' in', ' Paris.')(request)
      : callTools(['get_weather', '{"city":', '"Paris"}'])(request),
  json: sayTexts('{"city":', ' "Paris",', ' "people": 2100000}'),
  'wrong-json': () => [started, textDelta('{"city": 7, "peo'), { type: 'wait-for-abort' }],
  probable: () => [
    started,
    { type: 'text-delta', text: 'Yes', logprobs: [toToken('Yes', -0.05, 'No', -3)] },
    { type: 'text-delta', text: ' sir', logprobs: [toToken(' sir', -2.4, ' madam', -0.2)] },
    finish(3),
  ],
  referring: sayTexts(
    'A note[^1], and [a page].\n\n',
    '$$\\frac{a}{b}$$\n\n$$\\frac{a$$\n\n',
    '[a page]: https://one.example/\n\n[^1]: The text of the note.\n',
  ),
  hostile: sayTexts(...hostileTexts),
  broken: () => [started, textDelta('Half a'), { type: 'fail', error: new Error('broken') }],
};

/** Each answer is another one. */
function createCounter(): Script {
  let count = 0;
  return (request) => {
    count += 1;
    return sayTexts(`Answer ${count}.`)(request);
  };
}

function toToken(text: string, logprob: number, other: string, otherLogprob: number) {
  const toRanked = (name: string, value: number) => ({
    text: name,
    logprob: value,
    bytes: [...Buffer.from(name)],
  });
  const top = [toRanked(text, logprob), toRanked(other, otherLogprob)].sort((a, b) => b.logprob - a.logprob);
  return { ...toRanked(text, logprob), top };
}
