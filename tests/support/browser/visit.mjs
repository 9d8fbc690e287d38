// Opens pages in a real Chromium and tells what a person would notice. One JSON line per page and size.
//
// Standard input: {"chromium", "base", "pages": [path…], "sizes": [[width, height]…], "screenshots": folder}
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const task = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(task.screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath: task.chromium,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const [width, height] of task.sizes) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  for (const path of task.pages) {
    const page = await context.newPage();
    const errors = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("requestfailed", (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(task.base) && !url.startsWith("data:") && !url.startsWith("blob:")) errors.push(`leaves the machine: ${url}`);
    });
    const answer = await page.goto(task.base + path, { waitUntil: "networkidle" });
    const seen = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      language: document.documentElement.lang,
      title: document.title,
      text: document.body.innerText,
      charts: [...document.querySelectorAll("[data-chart]")].map((chart) => ({
        drawn: chart.querySelector("canvas, svg, .chart-empty") !== null,
        label: chart.getAttribute("aria-label") ?? chart.closest("figure")?.querySelector("figcaption")?.textContent ?? "",
      })),
    }));
    const name = `${path.replace(/[^\p{L}\p{N}]+/gu, "-") || "-"}-${width}.png`;
    await page.screenshot({ path: join(task.screenshots, name), fullPage: true });
    console.log(JSON.stringify({ path, width, status: answer?.status(), errors, ...seen }));
    await page.close();
  }
  await context.close();
}
await browser.close();
