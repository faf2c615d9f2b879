import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Writes a numbered line whenever standard input has one, and ends at SIGTERM; the log is standard error. */
const program = `
import { createInterface } from 'node:readline';
import { createLogger } from ${JSON.stringify(join(import.meta.dirname, 'logger.ts'))};
const { logger, close } = createLogger('info');
const filling = 'x'.repeat(Number(process.argv[1]));
createInterface({ input: process.stdin }).on('line', (line) => {
  for (let count = 0; count < Number(line); count += 1) logger.info({ filling }, 'line');
  process.stdout.write('written\\n');
});
process.on('SIGTERM', async () => { await close(); process.exit(0); });
process.stdout.write('written\\n');
`;

interface Logging {
  readonly child: ChildProcess;
  /** Logs lines, and waits until the program has gone on. */
  log(lines: number): Promise<void>;
  stop(): Promise<number | string>;
}

const children: ChildProcess[] = [];
let folder: string;
/** `ulimit -f 4000`, in blocks of a kibibyte. */
const fileBytesMax = 4000 * 1024;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gravix-log-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** `redirection` is for the shell; the log is a pipe where it is empty. */
async function start(redirection: string, lineBytes: number, limit = ''): Promise<Logging> {
  const command = `${limit} exec "$0" --import tsx --input-type=module -e "$1" ${lineBytes} ${redirection}`;
  const child = spawn('bash', ['-c', command, process.execPath, program], { stdio: 'pipe' });
  children.push(child);
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? String(signal)));
  });
  let goneOn = 0;
  child.stdout.on('data', (text: Buffer) => {
    goneOn += text.toString().split('\n').length - 1;
  });
  const waitFor = async (count: number) => {
    while (goneOn < count && child.exitCode === null) await sleep(10);
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
  };
  await waitFor(1);
  return {
    child,
    log: async (lines) => {
      const before = goneOn;
      child.stdin.write(`${lines}\n`);
      await waitFor(before + 1);
    },
    stop: () => {
      child.kill('SIGTERM');
      return Promise.race([exited, sleep(5000, 'still running')]);
    },
  };
}

interface LogLine {
  readonly msg: string;
  readonly lines?: number;
  readonly reason?: string;
}

function toLines(text: string): LogLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}

function isLoss({ msg }: LogLine): boolean {
  return msg.includes('lost');
}

describe('the form of lines', () => {
  const write = (format: string) => {
    const lines = `
import { createAnnouncer, createLogger } from ${JSON.stringify(join(import.meta.dirname, 'logger.ts'))};
import { createSecretFilter } from ${JSON.stringify(join(import.meta.dirname, 'hide-secrets.ts'))};
const options = { format: ${JSON.stringify(format)}, secretFilter: createSecretFilter(['my-own-secret']) };
const logging = createLogger('info', options);
logging.logger.info({ detail: 'my-own-secret' }, 'said');
await logging.close();
const announcer = createAnnouncer(options);
announcer.tell({ text: 'for a terminal', message: 'told', fields: { url: 'http://a' } });
await announcer.close();
`;
    const words = ['--import', 'tsx', '--input-type=module', '-e', lines];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    return { stdout, stderr };
  };

  test.each(['auto', 'json'])('%s: JSON where nobody reads it', (format) => {
    const { stdout, stderr } = write(format);
    expect(JSON.parse(stderr)).toMatchObject({ level: 30, msg: 'said', detail: '[secret]' });
    expect(JSON.parse(stdout)).toMatchObject({ level: 30, msg: 'told', url: 'http://a' });
  });

  test('human: the same lines for people, messages at the start included', () => {
    const { stdout, stderr } = write('human');
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d info {2}said detail=\[secret\]\n$/);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d info {2}told url=http:\/\/a\n$/);
  });
});

describe('a log that can not be written stops nothing', () => {
  test.runIf(existsSync('/dev/full'))(
    'a full device: lines are dropped, and the program ends well',
    async () => {
      const logging = await start('2>/dev/full', 10);
      await logging.log(5000);
      await sleep(100);
      await logging.log(5);
      expect(await logging.stop()).toBe(0);
    },
  );

  test('a file that may not grow: lines wait for room, and those without are counted at their place', async () => {
    const path = join(folder, 'log');
    const logging = await start(`2>>${path}`, 1000, 'ulimit -f 4000;');
    // A sparse file: all but the last 2,500 bytes of what the limit allows.
    await truncate(path, fileBytesMax - 2500);
    await logging.log(4);
    await sleep(200);
    await logging.log(1996);
    await truncate(path, 0);
    await sleep(1200);
    await logging.log(3);
    expect(await logging.stop()).toBe(0);
    // Two lines fitted, the next one was cut and came again.
    const lines = toLines((await readFile(path, 'utf8')).replace(/^\n/, ''));
    const loss = lines.find(isLoss);
    expect(loss).toMatchObject({ level: 40, reason: 'EFBIG' });
    expect(lines.length - 1 + (loss?.lines ?? 0)).toBe(2003 - 2);
    expect(lines.findIndex(isLoss)).toBe(lines.length - 4);
    expect(lines.length).toBeGreaterThan(900);
  });

  test('a log that is rotated by a copy and a truncation begins again, and loses no line after it', async () => {
    const path = join(folder, 'log');
    const logging = await start(`2>>${path}`, 100);
    for (const count of [5, 3]) {
      await logging.log(count);
      await expect.poll(async () => toLines(await readFile(path, 'utf8'))).toHaveLength(count);
      await copyFile(path, `${path}.1`);
      await truncate(path, 0);
    }
    await logging.log(2);
    expect(await logging.stop()).toBe(0);
    // No zero bytes stand where the lines before were.
    expect(toLines(await readFile(path, 'utf8'))).toHaveLength(2);
    expect(toLines(await readFile(`${path}.1`, 'utf8'))).toHaveLength(3);
  });

  test('a cut line is ended before the next one, and comes again', async () => {
    const path = join(folder, 'log');
    const logging = await start(`2>>${path}`, 1000, 'ulimit -f 4000;');
    await truncate(path, fileBytesMax - 1500);
    await logging.log(3);
    await sleep(200);
    await truncate(path, fileBytesMax - 10_000);
    expect(await logging.stop()).toBe(0);
    const lines = (await readFile(path, 'utf8')).replaceAll('\0', '').trimEnd().split('\n').slice(-2);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['line', 'line']);
  });

  test('a pipe whose reader stops reading: lines wait, then are dropped and counted', async () => {
    const logging = await start('', 1000);
    logging.child.stderr?.pause();
    await logging.log(3000);
    await sleep(200);
    await logging.log(1000);
    let text = '';
    logging.child.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    const ended = new Promise((resolve) => logging.child.stderr?.once('end', resolve));
    logging.child.stderr?.resume();
    // What waited has gone, and the line with the number of lost ones.
    await expect.poll(() => text).toContain('lost here');
    await logging.log(1);
    expect(await logging.stop()).toBe(0);
    await ended;
    const lines = toLines(text);
    const losses = lines.filter(isLoss);
    expect(losses.length).toBeGreaterThan(0);
    for (const loss of losses) expect(loss).toMatchObject({ level: 40, reason: 'backlog' });
    const lostLines = losses.reduce((sum, loss) => sum + (loss.lines ?? 0), 0);
    expect(lostLines).toBeGreaterThan(1000);
    expect(lines.length - losses.length + lostLines).toBe(4001);
    // At its place: only the last line came after it.
    expect(lines.findLastIndex(isLoss)).toBe(lines.length - 2);
  });

  test('a pipe that is full at the end keeps the program for a second at most', async () => {
    const logging = await start('', 1000);
    logging.child.stderr?.pause();
    await logging.log(3000);
    const stoppedAtMs = performance.now();
    expect(await logging.stop()).toBe(0);
    expect(performance.now() - stoppedAtMs).toBeLessThan(3000);
  });

  test('a pipe whose reader is gone', async () => {
    const logging = await start('', 1000);
    logging.child.stderr?.destroy();
    await logging.log(100);
    await sleep(100);
    await logging.log(100);
    expect(await logging.stop()).toBe(0);
  });

  test('a named pipe whose reader comes back', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const first = spawn('head', ['-n', '1', path], { stdio: 'ignore' });
    children.push(first);
    const logging = await start(`2>${path}`, 10);
    await logging.log(1);
    await new Promise((resolve) => first.once('exit', resolve));
    await logging.log(7);
    await sleep(200);
    let text = '';
    const second = createReadStream(path).on('data', (bytes) => {
      text += bytes.toString();
    });
    const ended = new Promise((resolve) => second.once('end', () => resolve(undefined)));
    await expect.poll(() => text).toContain('line');
    await logging.log(1);
    expect(await logging.stop()).toBe(0);
    await ended;
    expect(toLines(text)).toHaveLength(8);
  });

  test('a socket whose other end stops reading', async () => {
    const script = `
import socket, subprocess, sys, time, signal
ours, theirs = socket.socketpair()
child = subprocess.Popen(sys.argv[1:], stderr=theirs, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
theirs.close()
child.stdout.readline()
child.stdin.write(b'5000\\n'); child.stdin.flush()
child.stdout.readline()
child.send_signal(signal.SIGTERM)
try: print(child.wait(5))
except subprocess.TimeoutExpired: child.kill(); print('still running')
`;
    const words = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program, '1000'];
    expect(execFileSync('python3', ['-c', script, ...words]).toString()).toBe('0\n');
  });
});
