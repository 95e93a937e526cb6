import { init, loadModel } from 'lamella/predict';

/** 40 images as images.js makes them: nothing that trains is imported here. */
const data = Float32Array.from({ length: 40 * 56 }, (_, i) => ((i * i * 37 + i * 11) % 251) / 256 - 0.5);

export default {
  async fetch(request) {
    try {
      await init({ variant: 'base' });
      const model = await loadModel(new Uint8Array(await request.arrayBuffer()));
      return Response.json([...model.predict({ data, shape: [40, 8, 7, 1] }).data]);
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
