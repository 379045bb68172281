import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const pages = ["index", "desk", "customer", "wall"];
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// File names without hashes: the service embeds the folder, and says itself how long a file may be kept.
export default defineConfig({
  root: at("desk"),
  resolve: { conditions: ["source", "module", "browser", "import", "default"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: at("dist"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Whoever hands out the pages hands out the notices of what is in them.
    license: { fileName: "assets/licenses.md" },
    rolldownOptions: {
      input: Object.fromEntries(pages.map((page) => [page, at(`desk/${page}.html`)])),
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
        codeSplitting: {
          groups: [
            { name: "preact", test: /node_modules[\\/]preact/, priority: 4 },
            { name: "client", test: /node_modules|[\\/]web[\\/]client[\\/]/, priority: 3 },
            { name: "shared", test: /[\\/]desk[\\/]shared[\\/]/, minShareCount: 2, priority: 2 },
            { name: "agent", test: /[\\/]desk[\\/]agent[\\/]/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});
