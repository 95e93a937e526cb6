import { readFileSync } from 'node:fs';
import { parseCsv } from '../src/table/csv/parse-csv.js';
import { TableClassifier } from '../src/table/classifier.js';
import { TableRegressor } from '../src/table/regressor.js';
const file = process.argv[2], target = process.argv[3], reg = process.argv[4] === 'reg', skip = process.argv[5];
let text = readFileSync(file, 'utf8'); if (skip) text = text.slice(text.indexOf('\n') + 1);
const table = parseCsv(text, skip === 'nohead' ? { header: false } : {});
const Model: any = reg ? TableRegressor : TableClassifier;
const order = Array.from({ length: table.rows }, (_, i) => i).sort((a, b) => Math.sin(a * 12.9898) - Math.sin(b * 12.9898));
const cut = Math.floor(table.rows * .75);
for (let seed = 0; seed < 3; seed++) {
  const t0 = performance.now();
  const model = new Model({ target, randomState: seed });
  await model.fit(table.take(order.slice(0, cut)));
  const test = table.take(order.slice(cut));
  const e = model.evaluate(test); console.log(seed, e, 'heldout', model.heldOut?.accuracy ?? model.heldOut?.r2, 'epochs', model.estimator.nIter, (performance.now() - t0).toFixed(0), 'ms');
  if (seed === 0) { console.log(model.decisions, model.report().slice(0,3)); const bytes = model.toBytes(); const again = await Model.fromBytes(bytes); const a = model.predict(test), b = again.predict(test); console.log('same', JSON.stringify(Array.from(a)) === JSON.stringify(Array.from(b)), bytes.length); console.log(again.heldOut?.accuracy, model.predict([{}])); if (!reg) console.log(model.predictProba(test.head(2).toRecords())); }
}
