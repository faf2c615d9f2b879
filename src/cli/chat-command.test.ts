import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand, startCommandLine } from '../../test/cli/command-line-process.ts';
import { scriptedKey, startScriptedChatServer } from '../../test/cli/scripted-chat-server.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

/** A child takes its time to start on a busy machine. */
const pollOptions = { timeout: 15_000 };
const environment = { GRAVIXLAYER_API_KEY: scriptedKey };

async function startChat(...words: string[]) {
  const server = await startScriptedChatServer();
  const chat = startCommandLine(['chat', '--url', server.url, '--model=m', ...words], { environment });
  return { server, chat };
}

describe('gravix chat over a pipe', () => {
  it('takes each line as a turn of one conversation', async () => {
    const { server, chat } = await startChat('--system', 'Be brief.', '--temperature=0', '--max-tokens=9');
    for (const line of ['one', '', '/help', '/nonsense', 'two', '/clear', '/etc/hosts is three']) {
      chat.type(line);
    }
    chat.endInput();
    expect(await chat.ended()).toBe(0);
    expect(chat.stdout()).toBe('you said \u001b[31mone\nyou said \u001b[31mtwo\nyou said \u001b[31mthree\n');
    expect(chat.stderr()).toContain('Unknown command.');
    const system = { role: 'system', content: 'Be brief.' };
    expect(server.bodies.map(({ messages }) => messages)).toStrictEqual([
      [system, { role: 'user', content: 'one' }],
      [
        system,
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'you said \u001b[31mone\n' },
        { role: 'user', content: 'two' },
      ],
      [system, { role: 'user', content: '/etc/hosts is three' }],
    ]);
    expect(server.bodies[0]).toMatchObject({ model: 'm', stream: true, temperature: 0, max_tokens: 9 });
  });

  it('shows the answer as it comes; SIGINT stops it, and the next turn knows the part that came', async () => {
    const { server, chat } = await startChat();
    chat.type('go on endless');
    await chat.until(/1 2 3 /);
    chat.signal('SIGINT');
    await expect.poll(() => server.abandoned.count, pollOptions).toBe(1);
    chat.type('hello');
    await chat.until(/you said \S*hello/);
    chat.signal('SIGINT');
    await chat.until(/press Ctrl-D or type \/exit/);
    chat.type('/exit');
    expect(await chat.ended()).toBe(0);
    const [, partial] = server.bodies[1]?.messages ?? [];
    expect(partial).toStrictEqual({ role: 'assistant', content: expect.stringMatching(/^1 2 3 /) });
    expect(chat.stdout()).toContain(`${partial?.content}\n`);
  });

  it('stops a wait for the first token; a question without an answer is forgotten', async () => {
    const { server, chat } = await startChat();
    chat.type('silent');
    await expect.poll(() => server.bodies.length, pollOptions).toBe(1);
    chat.signal('SIGINT');
    await expect.poll(() => server.abandoned.count, pollOptions).toBe(1);
    chat.type('hello');
    chat.endInput();
    expect(await chat.ended()).toBe(0);
    expect(server.bodies[1]?.messages).toStrictEqual([{ role: 'user', content: 'hello' }]);
  });

  it('says each failure and goes on; a script sees it in the exit code', async () => {
    const { server, chat } = await startChat();
    const failures: readonly (readonly [string, RegExp])[] = [
      ['cut', /broke off: the connection was lost/],
      ['short', /broke off\. The stream ended before the answer was complete\./],
      ['crash', /broke off: The engine crashed\.\n/],
      ['garbage', /an event that is not a chat chunk/],
      ['busy', /can't answer now: All slots are taken\. Try again in 7 s\./],
      ['unknown-model', /does not exist\. Choose a model that this server has with --model\./],
      ['long', /no longer fits; \/clear starts a new one\./],
      ['full', /The answer is cut off here: .* \/clear/],
    ];
    for (const [word, sentence] of failures) {
      chat.type(word);
      await chat.until(sentence);
    }
    chat.type('bye');
    chat.endInput();
    expect(await chat.ended()).toBe(1);
    expect(chat.stderr().trim().split('\n')).toHaveLength(failures.length);
    const kept = server.bodies.at(-1)?.messages.map(({ content }) => content);
    expect(kept).toStrictEqual([
      ...['cut', 'half an', 'short', 'half an', 'crash', 'half an', 'full', 'you said \u001b[31mfull\n'],
      'bye',
    ]);
  });
});

describe('gravix chat with a prompt', () => {
  it('answers once', async () => {
    const { url, bodies } = await startScriptedChatServer();
    const home = createTemporaryFolder();
    writeFileSync(join(home, 'key'), `${scriptedKey}\n`, { mode: 0o600 });
    const words = ['chat', '--url', `${url}/v1/inference/`, '--model=m', 'Hello', 'there'];
    const outcome = await runCommand(words, { home });
    expect(outcome).toStrictEqual({ exitCode: 0, stdout: 'you said \u001b[31mthere\n', stderr: '' });
    expect(bodies[0]?.messages).toStrictEqual([{ role: 'user', content: 'Hello there' }]);
  });

  it.each([
    [[], 'You answer in one short sentence.'],
    [['--system', 'Sing.'], 'Sing.'],
  ])('the default model is asked to be short, unless %j says otherwise', async (words, content) => {
    const { url, bodies } = await startScriptedChatServer();
    await runCommand(['chat', '--url', url, ...words, 'hi'], { environment });
    expect(bodies[0]?.messages).toStrictEqual([
      { role: 'system', content },
      { role: 'user', content: 'hi' },
    ]);
  });

  it.each([
    ['no key', {}, 'The server requires an API key. Set GRAVIXLAYER_API_KEY.'],
    ['a wrong key', { GRAVIXLAYER_API_KEY: 'gx-wrong' }, 'The server refused the API key.'],
  ])('ends with 1 for %s', async (_, ownEnvironment, sentence) => {
    const { url } = await startScriptedChatServer();
    const { exitCode, stderr } = await runCommand(['chat', '--url', url, 'hi'], {
      environment: ownEnvironment,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(sentence);
  });

  it('ends with 1 where no server is, or another one', async () => {
    const nowhere = await runCommand(['chat', 'hi'], { environment: { PORT: '1' } });
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nowhere.stderr).toMatch(
      /^gravix: No server answers at http:\/\/127\.0\.0\.1:1 \(.+\)\. Start one with `npx gravix serve`/,
    );
    const { url } = await startScriptedChatServer();
    const other = await runCommand(['chat', '--url', `${url}/other`, 'hi'], { environment });
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain('There is no chat API at');
  });

  it('ends with 1 and keeps what came when the stream breaks, and with 130 at SIGINT', async () => {
    const { server, chat } = await startChat('cut');
    expect(await chat.ended()).toBe(1);
    expect(chat.stdout()).toBe('half an\n');
    const endless = startCommandLine(['chat', '--url', server.url, 'endless'], { environment });
    await endless.until(/1 2 3 /);
    endless.signal('SIGINT');
    expect(await endless.ended()).toBe(130);
  });

  it.each([
    ['--url=ftp://x', 'Write a URL such as'],
    ['--temperature=3', 'Write a number from 0 to 2.'],
    ['--max-tokens=0', 'Write a whole number of at least 1.'],
  ])('refuses %s', async (flag, sentence) => {
    const { exitCode, stderr } = await runCommand(['chat', flag, 'hi']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(sentence);
  });
});
