import { spawnSync } from 'node:child_process';

/** The Node.js that runs the tests, and the one that is called node24 where there is one: each once. */
export const NODES: readonly { readonly command: string; readonly major: number; readonly fuses: boolean }[] =
  [process.execPath, 'node24'].flatMap((command, i) => {
    const code =
      'console.log(JSON.stringify([parseInt(process.versions.node), process.arch, process.config.variables.v8_enable_wasm_simd256_revec]))';
    const { status, stdout } = spawnSync(command, ['--eval', code], { encoding: 'utf8' });
    if (status !== 0) return [];
    const [major, arch, built] = JSON.parse(stdout);
    if (i > 0 && major === parseInt(process.versions.node)) return [];
    return [{ command, major, fuses: major >= 24 && arch === 'x64' && built === 1 }];
  });
