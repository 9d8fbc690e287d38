// What the server sends for a chart: its Rust twin is `Chart` in `dashboard/src/pages/chart.rs`.

/** How the numbers are drawn. */
export type Shape = "stacked" | "lines" | "ranking" | "share";

/** One row of numbers under the categories; `tone` names a colour of `style.css` (`--tone-…`). */
export interface Series {
  name: string;
  tone: string;
  values: number[];
}

export interface ChartSpec {
  shape: Shape;
  unit: string;
  categories: string[];
  series: Series[];
  /** Where a click on a category leads; empty where it leads nowhere. */
  links: string[];
  /** Places of the categories in which a source was silent. */
  shaded: number[];
}

/** Reads the JSON block inside a figure; the server wrote it, so only its outline is checked. */
export function readSpec(figure: Element): ChartSpec | undefined {
  const block = figure.querySelector('script[type="application/json"]');
  if (!block?.textContent) return undefined;
  const spec = JSON.parse(block.textContent) as ChartSpec;
  return spec.categories.length > 0 && spec.series.length > 0 ? spec : undefined;
}
