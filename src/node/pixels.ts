/** The pixels of an image, row by row: 8 bits per channel, channels last. */
export interface Pixels {
  readonly data: Uint8Array;
  /** Grey; grey and alpha; red, green and blue; these and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
}

/** Size of an image, as its header says it. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Weights of red, green and blue in grey (ITU-R BT.601), times 2^16: those of Pillow. */
const [RED, GREEN, BLUE] = [19595, 38470, 7471];

/**
 * Copy pixels to where they are wanted, with as many channels as are wanted: grey becomes equal parts of red,
 * green and blue, colours become grey by their luminance, alpha is left out, or opaque where there is none.
 *
 * @param target the pixels begin at `offset`
 */
export function copyPixels(
  { data, channels: from }: Pixels,
  target: Uint8Array,
  offset: number,
  channels: 1 | 3 | 4,
): void {
  const hasAlpha = from % 2 === 0;
  for (let i = 0, to = offset; i < data.length; i += from, to += channels) {
    const red = data[i];
    const green = from > 2 ? data[i + 1] : red;
    const blue = from > 2 ? data[i + 2] : red;
    if (channels === 1) {
      // Half is added, to round.
      target[to] = (RED * red + GREEN * green + BLUE * blue + 0x8000) >> 16;
      continue;
    }
    target[to] = red;
    target[to + 1] = green;
    target[to + 2] = blue;
    if (channels === 4) target[to + 3] = hasAlpha ? data[i + from - 1] : 255;
  }
}
