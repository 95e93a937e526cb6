import { train } from './train.js';

export default {
  async fetch() {
    try {
      return Response.json(await train());
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
