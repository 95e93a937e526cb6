import { describe, expect, test } from 'vitest';
import { hotLoop, machineCode, products, spills } from '../helpers/machine-code.js';
import { NODES } from '../helpers/nodes.js';

const KERNELS = ['forward', 'gradientStore', 'inputGradient'];
const [RELAXED, FUSING] = [22, 24];

interface Case {
  readonly variant: string;
  readonly tile: string;
  /** Products of a round, with the registers that V8 has. */
  readonly fused: number;
  readonly least: number;
  readonly flags: readonly string[];
}

/** The tallest tile of every variant: two vectors a row. */
const CASES: readonly Case[] = [
  { variant: 'base', tile: '4x8', fused: 8, least: 0, flags: [] },
  { variant: 'relaxed', tile: '6x8', fused: 12, least: RELAXED, flags: [] },
  { variant: 'wide', tile: '6x16', fused: 12, least: FUSING, flags: ['--experimental-wasm-revectorize'] },
];

describe.each(NODES)('in the machine code of Node.js $major,', ({ command, major, fuses }) => {
  test.for(CASES)('no loop of $variant moves a vector to the stack or back', (one, { skip }) => {
    const names = KERNELS.map((kernel) => `${kernel}${one.tile}`);
    if (major < one.least || (one.least === FUSING && !fuses)) skip(`Node.js ${major} has no ${one.variant}`);
    const code = machineCode(command, one.flags, one.variant, names);
    if (!code) return skip(`Node.js ${major} on ${process.arch} prints no machine code that can be read`);
    for (const [i, instructions] of code.entries()) {
      const loop = hotLoop(instructions);
      // V8 repeats some loops in a round.
      expect(products(loop), `${names[i]}: products`).toBeGreaterThanOrEqual(one.fused);
      expect(products(loop) % one.fused, `${names[i]}: products beyond whole rounds`).toBe(0);
      expect(spills(loop), names[i]).toEqual([]);
      expect(
        loop.some((text) => text.includes('ymm')),
        `${names[i]}: 256 bits`,
      ).toBe(one.variant === 'wide');
    }
  });

  test.for([
    { variant: 'base', width: 6, most: 7, least: 0 },
    { variant: 'relaxed', width: 13, most: 13, least: RELAXED },
  ])(
    'no list loop of $variant moves a vector to the stack or back',
    ({ variant, width, most, least }, { skip }) => {
      if (major < least) skip(`Node.js ${major} has no ${variant}`);
      const names = [
        `sparseStore${most}`,
        `sparseSgd${most}`,
        `sparseMomentum${width}`,
        `sparseAdam${width}`,
      ];
      const code = machineCode(command, [], variant, names);
      if (!code) return skip(`Node.js ${major} on ${process.arch} prints no machine code that can be read`);
      for (const [i, instructions] of code.entries()) {
        const loop = hotLoop(instructions);
        expect(products(loop), `${names[i]}: products`).toBeGreaterThanOrEqual(width);
        expect(spills(loop), names[i]).toEqual([]);
      }
    },
  );

  test('a tile that is too tall for the registers would be found out', ({ skip }) => {
    if (major < RELAXED) skip(`Node.js ${major} has no relaxed`);
    const code = machineCode(command, [], 'wide', ['forward6x16']);
    if (!code) return skip(`Node.js ${major} on ${process.arch} prints no machine code that can be read`);
    expect(spills(hotLoop(code[0])).length).toBeGreaterThan(10);
  });
});
