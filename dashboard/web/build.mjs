// Bundles the two assets the binary embeds: dist/app.js and dist/app.css. Run by `dashboard/build.rs`.
import { build } from "esbuild";

await build({
  entryPoints: { app: "src/app.ts", style: "src/style.css" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
  outdir: "dist",
  logLevel: "warning",
});
