/**
 * A dense network as an ONNX file: Gemm, Relu …, Softmax. @see
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { ProtobufWriter } from '../../src/io/tfevents.js';

const FLOAT = 1;

/** @param weights kernel (inputs, units) and bias (units) of each layer, in turn */
export function denseOnnx(sizes: readonly number[], weights: readonly Float32Array[]): Uint8Array {
  const graph = new ProtobufWriter();
  const last = sizes.length - 2;
  for (let i = 0; i <= last; i++) {
    const input = i === 0 ? 'x' : `a${i}`;
    const activated = i === last ? 'y' : `a${i + 1}`;
    graph.message(1, node('Gemm', [input, `w${i}`, `b${i}`], `z${i}`));
    graph.message(1, node(i === last ? 'Softmax' : 'Relu', [`z${i}`], activated));
  }
  graph.string(2, 'dense');
  for (let i = 0; i <= last; i++) {
    graph.message(5, tensor(`w${i}`, [sizes[i], sizes[i + 1]], weights[2 * i]));
    graph.message(5, tensor(`b${i}`, [sizes[i + 1]], weights[2 * i + 1]));
  }
  graph.message(11, rowsOf('x', sizes[0])).message(12, rowsOf('y', sizes[last + 1]));
  const opset = new ProtobufWriter().string(1, '').varint(2, 13);
  return new ProtobufWriter().varint(1, 8).message(7, graph).message(8, opset).finish();
}

function node(type: string, inputs: readonly string[], output: string): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of inputs) writer.string(1, input);
  return writer.string(2, output).string(4, type);
}

function tensor(name: string, shape: readonly number[], values: Float32Array): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const size of shape) writer.varint(1, size);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return writer.varint(2, FLOAT).string(8, name).bytes(9, bytes);
}

/** Any number of rows of float32. */
function rowsOf(name: string, columns: number): ProtobufWriter {
  const rows = new ProtobufWriter().string(2, 'rows');
  const shape = new ProtobufWriter().message(1, rows).message(1, new ProtobufWriter().varint(1, columns));
  const type = new ProtobufWriter().varint(1, FLOAT).message(2, shape);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, type));
}
