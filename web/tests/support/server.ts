import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export type Role = "customer" | "agent" | "supervisor" | "integrator";

/** The program under test. Without it nothing of this can be tested, and that is a failure. */
export function binary(): string {
  const path = process.env["CHATSESSION_BIN"] ?? at("../../../target/debug/chatsession");
  if (existsSync(path)) return path;
  throw new Error(`the server is missing: build it with \`cargo build\`, or name it by CHATSESSION_BIN (looked at ${path})`);
}

/** The server reads settings from variables of that prefix, and this one isn't a setting. */
const { CHATSESSION_BIN: _, ...env } = process.env;

/** A server of its own for a test: free port, folder that goes with it, the sample center. */
export class Server {
  readonly data = mkdtempSync(join(tmpdir(), "chatsession-web-"));
  url = "";
  #process: ChildProcess | undefined;
  #port = 0;
  readonly #settings: string[];

  private constructor(settings: string[]) {
    this.#settings = settings;
  }

  /** Serves the pages as they were built last, so that no server has to be built for a change of a page. */
  static async start(settings: string[] = []): Promise<Server> {
    const server = new Server([`web.folder=${at("../../dist")}`, ...settings]);
    server.#port = await freePort();
    server.url = `http://127.0.0.1:${server.#port}`;
    await server.up();
    execFileSync(binary(), ["apply", "--server", server.url, "--data", server.data, at("center.yaml")], { env });
    return server;
  }

  async up(): Promise<void> {
    const settings = this.#settings.flatMap((setting) => ["--set", setting]);
    const listen = `127.0.0.1:${this.#port}`;
    const child = spawn(binary(), ["serve", "--data", this.data, "--listen", listen, ...settings], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let said = "";
    child.stdout?.on("data", (bytes) => (said += bytes));
    child.stderr?.on("data", (bytes) => (said += bytes));
    const isGone = new Promise<never>((_, reject) =>
      child.once("exit", (code) => reject(new Error(`the server has ended (${code}):\n${said}`))),
    );
    isGone.catch(() => undefined);
    await Promise.race([this.#answers(), isGone]);
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** A development token. */
  token(role: Role, subject: string, hours = 24): string {
    const asked = ["token", "--data", this.data, "--role", role, "--subject", subject, "--hours", String(hours)];
    return execFileSync(binary(), asked, { encoding: "utf8", env }).trim();
  }

  /** The same that is good for so many seconds only; the program makes none for less than an hour. */
  shortToken(role: Role, subject: string, seconds: number): string {
    const [header, payload] = this.token(role, subject).split(".");
    const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
    claims.exp = Math.floor(Date.now() / 1000) + seconds;
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    const secret = readFileSync(join(this.data, "development.secret"));
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  }

  async #answers(): Promise<void> {
    for (;;) {
      const isUp = await fetch(`${this.url}/desk.html`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
