/**
 * Notes the processor time of every file and test, in seconds; on Linux that of the processes it has started,
 * too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    processorTime?: number;
  }
}

/** What Linux knows of a process: proc_pid_stat(5). */
const STAT = '/proc/self/stat';
const TICKS_PER_SECOND = 100;

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + processorTimeOfChildren();
}

function processorTimeOfChildren(): number {
  if (!existsSync(STAT)) return 0;
  // Fields from the third on: the name, in brackets, may have spaces.
  const fields = readFileSync(STAT, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  return (fields[13] + fields[14]) / TICKS_PER_SECOND;
}

const loading = processorTime();
let begin = 0;

beforeEach(() => {
  begin = processorTime();
});

afterEach(({ task }) => {
  const end = processorTime();
  task.meta.processorTime = end - begin;
  task.file.meta.processorTime = end - loading;
});
