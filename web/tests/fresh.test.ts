import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const web = fileURLToPath(new URL("..", import.meta.url));
const made = mkdtempSync(join(tmpdir(), "chatsession-fresh-"));
after(() => rmSync(made, { recursive: true, force: true }));

const run = (program: string, ...words: string[]) =>
  execFileSync(join(web, "node_modules/.bin", program), words, { cwd: web, stdio: "pipe" });

/** Files under a folder, by their paths in it. */
function files(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")]));
}

/** Compares without printing whole files. */
function same(kept: string, fresh: string, how: string): void {
  const [before, now] = [files(kept), files(fresh)];
  const names = new Set([...before.keys(), ...now.keys()]);
  const different = [...names].filter((name) => before.get(name) !== now.get(name));
  assert.deepEqual(different, [], `run \`${how}\` and commit what it changes`);
}

test("the generated client is what the contract generates", () => {
  run("buf", "generate", "--output", made);
  same(join(web, "client/gen"), join(made, "client/gen"), "npm run generate");
});

test("the pages that are kept are what the sources build, byte for byte", () => {
  run("vite", "build", "--logLevel=warn", "--outDir", join(made, "dist"));
  same(join(web, "dist"), join(made, "dist"), "npm run build");
});

test("every page loads at most 150 kB of scripts and styles, compressed", (context) => {
  for (const page of ["desk", "customer", "wall", "index"]) {
    const html = readFileSync(join(web, `dist/${page}.html`), "utf8");
    const loaded = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].flatMap(([, path]) => path ?? []);
    const size = loaded.reduce((sum, path) => sum + gzipSync(readFileSync(join(web, "dist", path))).length, 0);
    context.diagnostic(`${page}: ${(size / 1000).toFixed(1)} kB`);
    assert.ok(loaded.length > 1 && size <= 150_000, `${page} loads ${size} bytes`);
  }
});

test("a page needs nothing that its security policy forbids", () => {
  for (const [path, content] of files(join(web, "dist"))) {
    if (!path.endsWith(".html")) continue;
    assert.doesNotMatch(content, /<script(?![^>]*src=)|<style|style=|https?:\/\//, path);
  }
});

test("the lock file names no registry", () => {
  assert.doesNotMatch(readFileSync(join(web, "package-lock.json"), "utf8"), /"resolved":/);
});
