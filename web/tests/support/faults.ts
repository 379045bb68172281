import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { Chance } from "./random.ts";

/** What happens to a connection next, and how often of all. */
const FAULTS = ["reset", "reset", "reset", "end", "end", "end", "stall", "stall", "trickle", "half-open"] as const;
type Fault = (typeof FAULTS)[number] | "refusal";

/** Bytes of an answer before something happens: the middle of headers, of a message, behind several. */
const BYTES = 1_500;
/** Where nothing is said, something happens all the same, in milliseconds. */
const PATIENCE = 1_500;
/** Shorter and longer than the silence after which a client gives up, in milliseconds. */
const STALL = 3_000;
const REFUSAL = 200;

/** A way to a server that breaks in every way that networks do. */
export class FaultyWire {
  readonly counts: Record<Fault, number> = { reset: 0, end: 0, stall: 0, trickle: 0, "half-open": 0, refusal: 0 };
  isCalm = false;
  url = "";
  #port = 0;
  #listener: Server | undefined;
  #refusals: ReturnType<typeof setInterval> | undefined;
  readonly #lines = new Set<Socket>();
  readonly #to: number;
  readonly #chance: Chance;
  readonly #waiting: { cuts: number; resolve: () => void }[] = [];

  private constructor(to: number, chance: Chance) {
    this.#to = to;
    this.#chance = chance;
  }

  static async open(to: string, chance: Chance): Promise<FaultyWire> {
    const wire = new FaultyWire(Number(new URL(to).port), chance);
    await wire.#listen();
    wire.url = `http://127.0.0.1:${wire.#port}`;
    wire.#refusals = setInterval(() => wire.#refuse(), 2_000);
    return wire;
  }

  get cuts(): number {
    return this.counts.reset + this.counts.end;
  }

  /** Once so many connections have been cut. */
  reached(cuts: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ cuts, resolve }));
  }

  /** Breaks nothing any more. What is half-open stays so: it is for the client to notice. */
  calm(): void {
    this.isCalm = true;
    clearInterval(this.#refusals);
  }

  close(): void {
    this.calm();
    this.#listener?.close();
    for (const line of this.#lines) line.destroy();
  }

  /** Nobody can connect for a moment; who is connected stays. */
  #refuse(): void {
    this.counts.refusal += 1;
    this.#listener?.close();
    setTimeout(() => void this.#listen(), this.#chance.number(REFUSAL));
  }

  async #listen(): Promise<void> {
    const listener = createServer((client) => this.#accept(client));
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = listener.address();
    if (typeof address === "object" && address) this.#port = address.port;
  }

  #accept(client: Socket): void {
    const server = createConnection(this.#to, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#lines.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        this.#lines.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    void this.#carry(server, client);
  }

  /** Carries what the server says until the connection is cut. */
  async #carry(server: Socket, client: Socket): Promise<void> {
    let [fault, left] = this.#next();
    for (;;) {
      const bytes = await this.#read(server);
      if (bytes === "closed") return void client.end();
      if (bytes !== "silent" && (this.isCalm || bytes.length <= left)) {
        left -= bytes.length;
        await this.#write(client, bytes, fault);
        continue;
      }
      if (this.isCalm) continue;
      // A part of what it said still goes through.
      const rest = bytes === "silent" ? Buffer.alloc(0) : bytes.subarray(left);
      if (bytes !== "silent") client.write(bytes.subarray(0, left));
      this.counts[fault] += 1;
      switch (fault) {
        case "reset":
          server.destroy();
          client.resetAndDestroy();
          return this.#cut();
        case "end":
          client.end();
          server.destroy();
          return this.#cut();
        case "half-open":
          client.unpipe(server);
          client.resume();
          return;
        case "stall":
          await new Promise((resolve) => setTimeout(resolve, this.#chance.number(STALL)));
          break;
        case "trickle":
          break;
      }
      await this.#write(client, rest, fault);
      [fault, left] = this.#next();
    }
  }

  #cut(): void {
    for (const { cuts, resolve } of this.#waiting) if (this.cuts >= cuts) resolve();
  }

  #next(): [(typeof FAULTS)[number], number] {
    return [this.#chance.oneOf(FAULTS), this.#chance.number(BYTES)];
  }

  async #read(server: Socket): Promise<Buffer | "closed" | "silent"> {
    const ready = server.read() as Buffer | null;
    if (ready) return ready;
    if (server.destroyed || server.readableEnded) return "closed";
    return await new Promise((resolve) => {
      const settle = (said: Buffer | "closed" | "silent") => {
        clearTimeout(timer);
        server.off("readable", look);
        server.off("close", closed);
        server.off("end", closed);
        resolve(said);
      };
      const look = () => {
        const bytes = server.read() as Buffer | null;
        if (bytes) settle(bytes);
      };
      const closed = () => settle("closed");
      const timer = setTimeout(() => settle("silent"), this.#chance.number(PATIENCE));
      server.on("readable", look);
      server.once("end", closed);
      server.once("close", closed);
    });
  }

  /** A trickle is a few bytes at a time. */
  async #write(client: Socket, bytes: Buffer, fault: Fault): Promise<void> {
    if (fault !== "trickle" || this.isCalm) {
      if (!client.destroyed && !client.write(bytes)) await drained(client);
      return;
    }
    for (let at = 0; at < bytes.length && !client.destroyed; ) {
      const size = 1 + this.#chance.number(16);
      client.write(bytes.subarray(at, at + size));
      at += size;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
}
