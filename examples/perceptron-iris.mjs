/**
 * Rosenblatt's perceptron separates setosa from the other irises by the length and width of a petal.
 *
 *   node examples/perceptron-iris.mjs
 */
import { Perceptron } from 'lamella';
import { loadIris } from 'lamella/datasets';

const { x, y } = loadIris();
const petals = Array.from(y, (_, row) => Array.from(x.data.subarray(4 * row + 2, 4 * row + 4)));
const isSetosa = Array.from(y, (species) => species === 0);

const perceptron = new Perceptron({ randomState: 42 });
await perceptron.fit(petals, isSetosa);
const [length, width] = perceptron.coef.data;
const [intercept] = perceptron.intercept;
const term = (value, name) => `${value < 0 ? '-' : '+'} ${Math.abs(value).toFixed(1)} ${name}`;
console.log(`setosa where ${intercept.toFixed(1)} ${term(length, 'length')} ${term(width, 'width')} > 0`);
console.log(`accuracy ${perceptron.score(petals, isSetosa)} after ${perceptron.nIter} epochs`);
console.log('a petal of 2 x 0.5 cm is of setosa:', perceptron.predict([[2, 0.5]])[0], '\n');

const columns = Array.from({ length: 71 }, (_, column) => column);
for (let tenths = 25; tenths >= 0; tenths--) {
  const taken = perceptron.predict(columns.map((column) => [column / 10, tenths / 10]));
  const line = columns.map((column) => {
    const near = petals.findIndex(([a, b]) => Math.round(10 * a) === column && Math.round(10 * b) === tenths);
    if (near >= 0) return isSetosa[near] ? 'o' : 'x';
    return taken[column] ? '.' : ' ';
  });
  console.log(`${(tenths / 10).toFixed(1)} |${line.join('').trimEnd()}`);
}
console.log(`    +${'-'.repeat(71)}
     petal length 0 to 7 cm, width upwards; o setosa, x others; dots: what is taken for setosa`);
