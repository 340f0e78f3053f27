/** Ends the output of a run with one plain line: how many tests passed, failed and were skipped. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints `N passed, N failed`, and `, N skipped` where any were. List it last among the reporters. */
export function createSummaryReporter(print: (line: string) => void = console.log): Reporter {
  return {
    onTestRunEnd(modules, errors) {
      print(summary(modules, errors.length));
    },
  };
}

/** A file that could not be read, or an error outside any test, is a failure although no test bears it. */
function summary(modules: readonly TestModule[], strayErrors: number): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const passed = tests.filter(is('passed')).length;
  const failed = tests.filter(is('failed')).length;
  const broken = modules.filter((module) => module.state() === 'failed' && !hasFailure(module));
  const skipped = tests.length - passed - failed;
  const line = `${passed} passed, ${failed + broken.length + strayErrors} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

function hasFailure(module: TestModule): boolean {
  return [...module.children.allTests('failed')].length > 0;
}

function is(state: 'passed' | 'failed') {
  return (test: TestCase): boolean => test.result().state === state;
}
