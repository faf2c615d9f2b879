import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

/**
 * Ends a test run with one line that a person, a script and a CI page read alike, `N passed, N failed,
 * N skipped`, and names every skipped test with its reason before it, so that nothing is skipped unseen.
 *
 * Whatever makes the run fail counts as a failure: a file that can't be imported, a hook, an error outside
 * of all tests, a run in which no test was found. The line therefore never looks better than the exit code.
 * In a single run it is written when the process exits, because other reporters, teardowns and late errors
 * may print until then.
 */
// Vitest loads a reporter that is named by its path through its default export.
export default class ClosingLineReporter implements Reporter {
  private watching = false;
  private filtered = false;
  private counts: Counts = { passed: 0, failed: 0, skipped: 0 };

  onInit(vitest: Vitest): void {
    this.watching = vitest.config.watch;
    this.filtered = vitest.config.testNamePattern !== undefined;
    if (this.watching) return;
    process.once('exit', (exitCode) => {
      const failed = exitCode === 0 ? this.counts.failed : Math.max(1, this.counts.failed);
      process.stdout.write(toClosingLine({ ...this.counts, failed }));
    });
  }

  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const testModule of testModules) {
      this.countErrors(testModule);
      for (const suite of testModule.children.allSuites()) this.countErrors(suite);
      for (const testCase of testModule.children.allTests()) this.countTest(testCase);
    }
    if (this.watching) process.stdout.write(toClosingLine(this.counts));
  }

  /** A file that can't be imported, or hooks around a whole suite. */
  private countErrors(suite: TestModule | TestSuite): void {
    if (suite.errors().length > 0) this.counts.failed += 1;
  }

  private countTest(testCase: TestCase): void {
    const result = testCase.result();
    if (result.state === 'passed') {
      this.counts.passed += 1;
    } else if (result.state === 'skipped') {
      this.counts.skipped += 1;
      this.announceSkipped(testCase, result.note);
    } else {
      // `pending` at the end of a run is a test whose process died or that was cancelled.
      this.counts.failed += 1;
    }
  }

  private announceSkipped(testCase: TestCase, note: string | undefined): void {
    // With a name filter all other tests are skipped because the user said so.
    if (this.filtered && note === undefined) return;
    const reason = note ?? (testCase.options.mode === 'todo' ? 'to be written' : 'no reason given');
    process.stdout.write(`skipped: ${testCase.module.relativeModuleId} > ${testCase.fullName}: ${reason}\n`);
  }
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function toClosingLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}
