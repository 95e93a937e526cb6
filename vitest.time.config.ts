import { relative } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import suite from './vitest.config.ts';

const MOST_LINES = 25;

/** Prints the files and the tests that take most. */
class ProcessorTimeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const name = (module: TestModule): string => relative('.', module.moduleId);
    print('files', modules, name);
    print('tests', tests, (test) => `${name(test.module)} > ${test.fullName}`);
  }
}

function print<T extends TestModule | TestCase>(
  what: string,
  tasks: readonly T[],
  name: (task: T) => string,
) {
  const seconds = (task: T): number => task.meta().processorTime ?? 0;
  const sum = tasks.reduce((total, task) => total + seconds(task), 0);
  console.log(`\nprocessor time of ${tasks.length} ${what}: ${sum.toFixed(1)} s, most of it by`);
  const sorted = [...tasks].sort((a, b) => seconds(b) - seconds(a));
  for (const task of sorted.slice(0, MOST_LINES))
    console.log(`${seconds(task).toFixed(2).padStart(8)} s  ${name(task)}`);
}

/**
 * npm run test:time, with the names of files or folders if not all: what keeps the suite's processor time in
 * bounds.
 */
export default mergeConfig(
  suite,
  defineConfig({
    test: {
      setupFiles: ['tests/helpers/processor-time.ts'],
      reporters: ['dot', new ProcessorTimeReporter()],
    },
  }),
);
