import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { AgentDesk, CustomerChat, Wall } from "./pages.ts";
import { Server } from "./server.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** A server and a browser, and whoever sits before it: each person in a browser context of their own. */
export class Stage {
  readonly server: Server;
  readonly browser: Browser;
  /** What went wrong in a page without anybody seeing it. */
  readonly problems: string[] = [];

  private constructor(server: Server, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async open(settings: string[] = []): Promise<Stage> {
    if (!existsSync(CHROMIUM)) {
      throw new Error(`Chromium is missing: install it, or name it by CHROMIUM (looked at ${CHROMIUM})`);
    }
    const server = await Server.start(settings);
    // Also where shared memory is small, as in containers.
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    return new Stage(server, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Everybody goes home; what they left behind is the server's affair. */
  async leave(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async person(scheme: "light" | "dark" = "light"): Promise<BrowserContext> {
    const context = await this.browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(20_000);
    return context;
  }

  async page(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => this.problems.push(`${path}: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) this.problems.push(`${path}: ${message.text()}`);
    });
    await page.goto(this.server.url + path);
    return page;
  }

  /** An agent, signed in at their desk. */
  async agent(id: string, context?: BrowserContext): Promise<AgentDesk> {
    const token = this.server.token(id === "carla" ? "supervisor" : "agent", id);
    const page = await this.page(context ?? (await this.person()), `/desk.html#token=${token}`);
    const desk = new AgentDesk(page);
    await desk.isOpen();
    return desk;
  }

  /** A customer who has come to the page, and hasn't started a chat. */
  async customer(id: string, context?: BrowserContext): Promise<CustomerChat> {
    const token = this.server.token("customer", id);
    const queues = "sales,billing,support:Technical support";
    const page = await this.page(context ?? (await this.person()), `/customer.html#token=${token}&queues=${queues}`);
    return new CustomerChat(page);
  }

  async supervisor(id: string, context?: BrowserContext): Promise<Wall> {
    const token = this.server.token("supervisor", id);
    return new Wall(await this.page(context ?? (await this.person()), `/wall.html#token=${token}`));
  }
}
