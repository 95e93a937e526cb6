#!/usr/bin/env node
import { terminalOf } from './terminal.js';
import { runCli } from './program.js';

void runCli(process.argv.slice(2), terminalOf(process)).then((code) => {
  process.exitCode = code;
});
