// Draws every `figure[data-chart]`. The server decides what is shown, this file only how it looks.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { readSpec, type ChartSpec } from "./spec";

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Look {
  ink: string;
  faint: string;
  line: string;
  font: string;
  tone: (name: string) => string;
}

const count = new Intl.NumberFormat("zh-CN");

export function drawCharts(): void {
  const look = readLook();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
    const plot = figure.querySelector<HTMLElement>(".plot");
    const spec = readSpec(figure);
    if (!plot || !spec) continue;
    const chart = init(plot, undefined, { renderer: "canvas" });
    chart.setOption({ ...optionOf(spec, look), animation: !still, animationDuration: 300 });
    chart.on("click", (event) => {
      const link = spec.links[event.dataIndex];
      if (link) window.location.assign(link);
    });
    new ResizeObserver(() => chart.resize()).observe(plot);
    figure.dataset["drawn"] = "";
    figure.querySelector("details")?.removeAttribute("open");
  }
}

function readLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    faint: read("--ink-faint"),
    line: read("--line"),
    font: getComputedStyle(document.body).fontFamily,
    tone: (name) => read(`--tone-${name}`) || read("--tone-plain"),
  };
}

function optionOf(spec: ChartSpec, look: Look): EChartsCoreOption {
  const shared = {
    textStyle: { fontFamily: look.font, color: look.ink },
    // Drawn on the canvas: tooltips made of HTML carry inline styles, which our content policy forbids.
    tooltip: tooltipOf(spec, look),
  };
  switch (spec.shape) {
    case "share":
      return { ...shared, ...shareOf(spec, look) };
    case "ranking":
      return { ...shared, ...rankingOf(spec, look) };
    case "stacked":
    case "lines":
      return { ...shared, ...overTime(spec, look) };
  }
}

function tooltipOf(spec: ChartSpec, look: Look): object {
  return {
    renderMode: "richText",
    confine: true,
    trigger: spec.shape === "share" ? "item" : "axis",
    axisPointer: { type: spec.shape === "lines" ? "line" : "shadow" },
    textStyle: { fontSize: 12, color: look.ink, fontFamily: look.font },
    valueFormatter: (value: unknown) => `${count.format(Number(value))} ${spec.unit}`,
  };
}

function legendOf(look: Look): object {
  return { top: 0, right: 0, type: "scroll", itemWidth: 12, itemHeight: 8, textStyle: { color: look.ink } };
}

function overTime(spec: ChartSpec, look: Look): object {
  const stacked = spec.shape === "stacked";
  return {
    legend: spec.series.length > 1 ? legendOf(look) : undefined,
    grid: { left: 4, right: 8, top: spec.series.length > 1 ? 44 : 28, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: spec.categories,
      boundaryGap: stacked,
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { color: look.faint, hideOverlap: true },
      splitArea: gapsOf(spec, look),
    },
    yAxis: valueAxis(spec, look),
    series: spec.series.map((series) => ({
      type: stacked ? "bar" : "line",
      name: series.name,
      stack: stacked ? "all" : undefined,
      data: series.values,
      color: look.tone(series.tone),
      barMaxWidth: 40,
      symbol: "none",
    })),
  };
}

/** A silent source leaves a gap that must not look like calm: its days stand on a shade. */
function gapsOf(spec: ChartSpec, look: Look): object | undefined {
  if (spec.shaded.length === 0) return undefined;
  const shaded = new Set(spec.shaded);
  const color = spec.categories.map((_, place) => (shaded.has(place) ? look.line : "transparent"));
  return { show: true, interval: 0, areaStyle: { color } };
}

function valueAxis(spec: ChartSpec, look: Look): object {
  return {
    type: "value",
    name: spec.unit,
    nameTextStyle: { color: look.faint, align: "right" },
    minInterval: 1,
    splitLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.faint, formatter: (value: number) => count.format(value) },
  };
}

function rankingOf(spec: ChartSpec, look: Look): object {
  return {
    legend: spec.series.length > 1 ? legendOf(look) : undefined,
    grid: { left: 4, right: 56, top: spec.series.length > 1 ? 32 : 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: spec.categories,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: look.ink, width: 120, overflow: "truncate" },
    },
    series: spec.series.map((series, place) => ({
      type: "bar",
      name: series.name,
      stack: "all",
      data: series.values,
      color: look.tone(series.tone),
      barMaxWidth: 16,
      label: {
        show: place === spec.series.length - 1,
        position: "right",
        color: look.ink,
        formatter: (item: { dataIndex: number }) => count.format(total(spec, item.dataIndex)),
      },
    })),
  };
}

function total(spec: ChartSpec, category: number): number {
  return spec.series.reduce((sum, series) => sum + (series.values[category] ?? 0), 0);
}

function shareOf(spec: ChartSpec, look: Look): object {
  const palette = ["help", "inquiry", "suggestion", "praise", "complaint", "unknown"].map(look.tone);
  const values = spec.series[0]?.values ?? [];
  return {
    series: [
      {
        type: "pie",
        name: spec.series[0]?.name,
        radius: ["42%", "68%"],
        data: spec.categories.map((name, place) => ({ name, value: values[place] ?? 0 })),
        color: palette,
        label: { color: look.ink, formatter: "{b} {d}%" },
        labelLine: { length: 8, length2: 8 },
        itemStyle: { borderColor: "#fff", borderWidth: 1 },
      },
    ],
  };
}
