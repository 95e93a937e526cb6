"""Images that Pillow writes (PNG, JPEG), in base64, with their pixels as Pillow converts them.

See golden_common.py for the command and the conventions. Made with Debian's python3-pil 9.4.0. Pixels are
those of channels 1 (L), 3 (RGB) and 4 (RGBA), in base64, row by row.
"""

import base64
import io

import numpy as np
import PIL
from PIL import Image

from golden_common import write_json

WIDTH, HEIGHT = 13, 9


def encoded(data):
    return base64.b64encode(bytes(data)).decode("ascii")


def picture(channels, seed=0):
    """A gradient with noise: every filter of PNG is the best for some row."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    ramps = [9 * x + 5 * y, 255 - 11 * x, 20 * y + x * x, 13 * (x + y)]
    noise = np.random.RandomState(seed).randint(0, 12, (HEIGHT, WIDTH, channels))
    return np.clip(np.stack(ramps[:channels], -1) + noise, 0, 255).astype(np.uint8)


def image(mode):
    if mode == "1":
        return Image.fromarray(picture(1)[..., 0]).convert("1")
    if mode == "L":
        return Image.fromarray(picture(1)[..., 0])
    if mode == "P":
        return Image.fromarray(picture(3)).quantize(40)
    return Image.fromarray(picture(len(mode)), mode)


def case(name, source, kind, **options):
    buffer = io.BytesIO()
    source.save(buffer, kind, **options)
    loaded = Image.open(io.BytesIO(buffer.getvalue()))
    pixels = {str(len(mode)): encoded(loaded.convert(mode).tobytes()) for mode in ("L", "RGB", "RGBA")}
    return {"name": name, "kind": kind, "pixels": pixels, "file": encoded(buffer.getvalue())}


def cases():
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield case("PNG of mode " + mode, image(mode), "PNG")
    for bits in (1, 2, 4, 8):
        yield case("PNG with a palette of %d bits" % bits, Image.fromarray(picture(3)).quantize(2**min(bits, 6)), "PNG", bits=bits)
    yield case("PNG with transparency in its palette", image("P"), "PNG", transparency=bytes([0, 50, 200]))
    yield case("PNG with a transparent grey", image("L"), "PNG", transparency=int(picture(1)[4, 5, 0]))
    yield case("PNG with a transparent colour", image("RGB"), "PNG", transparency=tuple(map(int, picture(3)[4, 5])))
    yield case("PNG of one pixel", Image.fromarray(picture(3)[:1, :1]), "PNG")
    wide = np.repeat(np.repeat(picture(3), 2, 0), 2, 1)
    yield case("JPEG", Image.fromarray(wide), "JPEG", quality=95, subsampling=0)
    yield case("progressive JPEG", Image.fromarray(wide), "JPEG", quality=95, subsampling=0, progressive=True)
    yield case("grey JPEG", Image.fromarray(wide[..., 0]), "JPEG", quality=95)
    smooth = np.stack(np.broadcast_arrays(np.arange(24)[:, None] * 9, np.arange(32)[None] * 5, 90), -1).astype(np.uint8)
    yield case("JPEG with fewer colours than pixels", Image.fromarray(smooth), "JPEG", quality=95, subsampling=2)


if __name__ == "__main__":
    write_json("pillow_images.json", {"pillow": PIL.__version__}, images=list(cases()))
