/** Four columns of up to four rows, side by side: to[column][row], 32 bytes from column to column. */
// @ts-ignore: decorator
@inline
export function transposeRows(to: usize, from: usize, fromStride: usize, height: usize): void {
  const zero = f32x4.splat(0);
  const a = height > 0 ? v128.load(from) : zero,
    b = height > 1 ? v128.load(from + fromStride) : zero;
  const c = height > 2 ? v128.load(from + 2 * fromStride) : zero,
    d = height > 3 ? v128.load(from + 3 * fromStride) : zero;
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7),
    gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<i32>(ef, gh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<i32>(ef, gh, 2, 3, 6, 7), 96);
}
