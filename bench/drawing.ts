/** Charts as SVG, by ECharts, which draws without a browser. */
import { type EChartsOption, init } from 'echarts';

/** @returns the text of an SVG file */
export function svg(option: EChartsOption, { width = 900, height = 500 } = {}): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: '#fff', ...option });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}
