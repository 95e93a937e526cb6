/**
 * What a server counts, in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats):
 * requests by path and status, and how long they took. Not for what a request is answered, which handler.ts
 * decides.
 */

/** Upper bounds of the latency histogram, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Counts of a server. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #buckets = new Uint32Array(BOUNDS.length + 1);
  #seconds = 0;
  #errors = 0;
  #rows = 0;

  /** Counts a request that has been answered. `path` must be one of few. */
  answered(path: string, status: number, seconds: number): void {
    const labels = `path="${path}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    if (status >= 400) this.#errors++;
    this.#seconds += seconds;
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    this.#buckets[at < 0 ? BOUNDS.length : at]++;
  }

  /** Counts rows that have been predicted. */
  predicted(rows: number): void {
    this.#rows += rows;
  }

  /** The counts so far. */
  text(): string {
    let count = 0;
    const buckets = [...BOUNDS, '+Inf'].map((bound, i) => {
      count += this.#buckets[i];
      return `lamella_request_duration_seconds_bucket{le="${bound}"} ${count}`;
    });
    const requests = [...this.#requests].map(
      ([labels, value]) => `lamella_requests_total{${labels}} ${value}`,
    );
    return [
      ...[
        '# HELP lamella_requests_total Requests answered.',
        '# TYPE lamella_requests_total counter',
        ...requests,
      ],
      ...['# HELP lamella_errors_total Requests refused or failed.', '# TYPE lamella_errors_total counter'],
      `lamella_errors_total ${this.#errors}`,
      ...[
        '# HELP lamella_predicted_rows_total Rows predicted.',
        '# TYPE lamella_predicted_rows_total counter',
      ],
      `lamella_predicted_rows_total ${this.#rows}`,
      '# HELP lamella_request_duration_seconds Time from a request to its answer.',
      '# TYPE lamella_request_duration_seconds histogram',
      ...buckets,
      `lamella_request_duration_seconds_sum ${this.#seconds}`,
      `lamella_request_duration_seconds_count ${count}`,
      '',
    ].join('\n');
  }
}
