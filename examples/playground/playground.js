/** The page: its settings, the training, and the display. */
import { buildNetwork, drawPoints as draw, featuresOf, FEATURES, gridOf } from './problem.js';
import { drawCurves, drawField, drawPoints } from './drawing.js';
import { NetworkView, showDataSets } from './view.js';

const SIDE = 50;
const MAX_LAYERS = 6;
const MAX_UNITS = 8;

const $ = (id) => document.getElementById(id);

/** All settings that affect the result: the same settings give the same weights. */
const settings = {
  ...{ data: 'circle', noise: 0.2, trainShare: 0.5, batchSize: 10, dataSeed: 1, seed: 2, pace: 1 },
  ...{ features: [0, 1], hidden: [4, 2], activation: 'tanh', optimizer: 'sgd', learningRate: 0.03 },
  ...{ penalty: 'none', penaltyRate: 0.003, showTest: false, discrete: false },
};

const grid = gridOf(SIDE);
const view = new NetworkView($('network'), {
  toggle(feature) {
    const { features } = settings;
    const others = features.filter((each) => each !== feature);
    if (others.length === 0) return;
    const chosen = others.length < features.length ? others : [...features, feature].sort((a, b) => a - b);
    void change({ features: chosen });
  },
  resize(layer, by) {
    const units = Math.min(MAX_UNITS, Math.max(1, settings.hidden[layer] + by));
    void change({ hidden: settings.hidden.with(layer, units) });
  },
});

let points, rows, network, curves, epoch;
/** The current training. */
let running;

/** Draws new points, if asked to, and new weights. */
async function restart(newPoints) {
  await pause();
  if (newPoints || !points) points = draw(settings);
  const rowsOf = ({ points: part, classes }) => [featuresOf(part, settings.features), classes];
  rows = {
    train: rowsOf(points.train),
    test: rowsOf(points.test),
    grid: featuresOf(grid, settings.features),
  };
  network = await buildNetwork(settings);
  [curves, epoch] = [{ train: [], test: [] }, 0];
  view.lay(settings, FEATURES, SIDE);
  $('depth').textContent = `${settings.hidden.length} hidden layer${settings.hidden.length === 1 ? '' : 's'}`;
  showDataSets($('data'), settings, (data) => change({ data }, true));
  note();
  show();
}

let changes = Promise.resolve();

/** Applies changes one after the other; a training that was running continues. */
function change(settled, newPoints = false) {
  changes = changes.then(async () => {
    const again = running !== undefined;
    await pause();
    Object.assign(settings, settled);
    await restart(newPoints);
    if (again) start();
  });
  return changes;
}

function start(epochs = 1e9) {
  $('start').textContent = 'Pause';
  $('message').textContent = '';
  const [x, y] = rows.train;
  const onEpochEnd = async () => {
    epoch += 1;
    note();
    if (epoch % settings.pace !== 0 && epochs > 1) return;
    show();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  };
  const options = { epochs, batchSize: settings.batchSize, verbose: 0, callbacks: [{ onEpochEnd }] };
  running = network.model
    .fit(x, y, options)
    .catch(({ message }) => void ($('message').textContent = message))
    .finally(() => {
      running = undefined;
      $('start').textContent = 'Start';
      show();
    });
}

async function pause() {
  if (running === undefined) return;
  network.model.stopTraining = true;
  await running;
}

/** Evaluates the network and shows its losses. */
function note() {
  for (const part of ['train', 'test']) {
    const { loss, accuracy } = network.model.evaluate(...rows[part]);
    curves[part].push(loss);
    $(`${part}-loss`).textContent = loss.toFixed(3);
    $(`${part}-accuracy`).textContent = `${(100 * accuracy).toFixed(1)} %`;
  }
}

function show() {
  const { model, probes } = network;
  const weights = model.getWeights();
  $('epoch').textContent = epoch.toLocaleString('en');
  const output = model.predict(rows.grid).data.map((p) => 2 * p - 1);
  drawField($('field'), output, SIDE, settings);
  const parts = [{ ...points.train, rim: '#fff' }];
  if (settings.showTest) parts.push({ ...points.test, rim: '#24292e' });
  drawPoints($('points'), parts);
  drawCurves($('curves'), [
    { values: curves.train, color: '#a3abb3' },
    { values: curves.test, color: '#24292e' },
  ]);
  const activations = probes.map((probe, layer) => {
    probe.setWeights(weights.slice(0, 2 * (layer + 1)));
    return probe.predict(rows.grid);
  });
  view.show({ activations, weights, settings, output: $('field') });
}

$('start').onclick = () => (running === undefined ? start() : pause());
$('step').onclick = () => pause().then(() => start(1));
$('reset').onclick = () => change({ seed: settings.seed + 1 });
$('regenerate').onclick = () => change({ dataSeed: settings.dataSeed + 1 }, true);
$('more').onclick = () => change({ hidden: [...settings.hidden, 2].slice(0, MAX_LAYERS) });
$('fewer').onclick = () => change({ hidden: settings.hidden.slice(0, -1) });

/** Settings that keep what has been learned. */
const LIVE = ['learningRate', 'pace', 'showTest', 'discrete'];

function listen(selector, event, settle) {
  for (const element of document.querySelectorAll(`[data-${selector}]`)) {
    element.addEventListener(event, () => {
      const [name, value] = [element.dataset[selector], settle(element)];
      if (!LIVE.includes(name)) return change({ [name]: value }, name === 'noise' || name === 'trainShare');
      settings[name] = value;
      return show();
    });
  }
}

const numeric = (text) => (Number.isNaN(Number(text)) ? text : Number(text));
listen('setting', 'change', ({ value }) => numeric(value));
listen('flag', 'change', ({ checked }) => checked);
listen('percent', 'change', ({ value }) => Number(value) / 100);
listen('number', 'change', ({ value }) => Number(value));
for (const slider of document.querySelectorAll('[type=range]')) {
  slider.addEventListener('input', () => (slider.parentElement.querySelector('output').value = slider.value));
}

await restart(true);
