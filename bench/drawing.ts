/** Charts as SVG, by ECharts, which draws without a browser. */
import { type EChartsOption, init } from 'echarts';

/** One contestant's values, by category; undefined where it did not take part. */
export interface Bars {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Heading {
  readonly title: string;
  /** The machine that was measured, in words. */
  readonly machine: string;
}

function svg(option: EChartsOption, { title, machine }: Heading, width: number, height = 500): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: { text: title, subtext: machine, left: 'center' },
    textStyle: { fontFamily: 'sans-serif' },
    legend: { bottom: 0, itemGap: 30 },
    grid: { top: 90, bottom: 130, left: 70, right: 30 },
    ...option,
  });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

/**
 * Draws ratios on a logarithmic scale, contestants side by side: bars rise from 1 or hang from it. @returns
 * the text of an SVG file
 */
export function bars(heading: Heading, categories: readonly string[], contestants: readonly Bars[]): string {
  const series = contestants.map(({ name, values }) => ({
    name,
    type: 'bar' as const,
    data: values.map((value) => (value === undefined ? '-' : Number(value.toPrecision(3)))),
    label: { show: true, position: 'top' as const, fontSize: 10 },
  }));
  const option = {
    xAxis: {
      type: 'category' as const,
      data: [...categories],
      axisLine: { onZero: false },
      axisLabel: { interval: 0 },
    },
    yAxis: { type: 'log' as const },
    series,
  };
  return svg(option, heading, Math.max(700, 150 * categories.length + 100));
}

/** Draws curves with both axes logarithmic. @returns the text of an SVG file */
export function curves(heading: Heading, x: string, y: string, lines: readonly Curve[]): string {
  const series = lines.map(({ name, points }) => ({
    name,
    type: 'line' as const,
    showSymbol: points.length < 20,
    data: points.map((point) => [...point]),
  }));
  const option = {
    legend: { orient: 'vertical' as const, right: 10, top: 90, itemGap: 8 },
    grid: { top: 90, bottom: 60, left: 70, right: 280 },
    xAxis: {
      ...{ type: 'log' as const, min: 'dataMin' as const, max: 'dataMax' as const },
      ...{ name: x, nameLocation: 'middle' as const, nameGap: 28 },
    },
    yAxis: { type: 'log' as const, name: y },
    series,
  };
  return svg(option, heading, 1100);
}

/** Draws the loss of each epoch on a logarithmic axis. @returns the text of an SVG file */
export function lossCurve(
  heading: Heading,
  losses: readonly number[],
  width: number,
  height: number,
): string {
  const option = {
    grid: { top: 80, bottom: 50, left: 70, right: 30 },
    xAxis: {
      ...{ type: 'value' as const, min: 1, max: losses.length, minInterval: 1 },
      ...{ name: 'epoch', nameLocation: 'middle' as const, nameGap: 28, splitLine: { show: false } },
    },
    yAxis: { type: 'log' as const, name: 'training loss' },
    series: [{ type: 'line' as const, showSymbol: false, data: losses.map((loss, i) => [i + 1, loss]) }],
  };
  return svg(option, heading, width, height);
}
