import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Inside the project, where a sample finds the installed packages. */
const workFolder = join(import.meta.dirname, '..', '..', '.cache');

export interface NamedSample {
  readonly name: string;
  readonly source: string;
}

/** The status that the sample was answered with, or what went wrong before. */
export type SampleEnd = number | string;

export type BatchLanguage = 'Python' | 'JavaScript' | 'cURL';

/** Each is a program that runs the files of its arguments after the first, and writes how they ended to the first. */
const drivers = {
  JavaScript: `import { writeFileSync } from 'node:fs';
const [out, ...files] = process.argv.slice(2);
const send = globalThis.fetch;
const ends = [];
for (const file of files) {
  let end = 'No request was sent.';
  globalThis.fetch = async (...given) => {
    const answer = await send(...given);
    end = answer.status;
    return answer;
  };
  try {
    await import(file);
  } catch (error) {
    end = error.status ?? String(error);
  }
  ends.push(end);
}
writeFileSync(out, JSON.stringify(ends));
`,
  Python: `import json, sys
out, *files = sys.argv[1:]
ends = []
for file in files:
    try:
        with open(file) as source:
            exec(compile(source.read(), file, "exec"), {"__name__": "__main__"})
        end = 200
    except Exception as error:
        end = getattr(error, "status_code", None) or getattr(error, "code", None) or repr(error)
    ends.append(end)
with open(out, "w") as target:
    json.dump(ends, target, default=str)
`,
  // The last line that its sample prints is the status.
  cURL: `curl() { command curl -sS -w '\\n%{http_code}' "$@"; }
out=$1; shift
ends=
for file in "$@"; do
  end=$( (. "$file") 2>&1 | tail -n 1)
  case $end in [1-5][0-9][0-9]) ;; *) end='"no status"' ;; esac
  ends=$ends\${ends:+,}$end
done
printf '[%s]' "$ends" > "$out"
`,
} as const;

const extensions = { Python: 'py', JavaScript: 'mjs', cURL: 'sh' } as const;

/** Runs samples one after another in one process, since the packages that they import take seconds to load. */
export async function runSamplesAtOnce(
  language: BatchLanguage,
  program: string,
  samples: readonly NamedSample[],
  key: string,
): Promise<ReadonlyMap<string, SampleEnd>> {
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, 'samples-'));
  try {
    // A module called like one of Python's own would be imported in its place.
    const toPath = (name: string) => join(folder, `sample-${name}.${extensions[language]}`);
    for (const { name, source } of samples) await writeFile(toPath(name), source);
    const driver = toPath('driver');
    await writeFile(driver, drivers[language]);
    const out = join(folder, 'ends.json');
    const paths = samples.map(({ name }) => toPath(name));
    const env = { ...process.env, GRAVIXLAYER_API_KEY: key };
    await run(program, [driver, out, ...paths], { env, maxBuffer: 16 * 1024 ** 2 });
    const ends: SampleEnd[] = JSON.parse(await readFile(out, 'utf8'));
    return new Map(samples.map(({ name }, index) => [name, ends[index] ?? 'It did not run.']));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
