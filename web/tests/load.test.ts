import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ChatClient, connect } from "@chatsession/client";
import type { AgentDesk, CustomerChat } from "./support/pages.ts";
import { Stage } from "./support/stage.ts";

const CHATS = 20;
const MESSAGES = 50;

let stage: Stage;
let ann: AgentDesk;
before(async () => {
  // Faster than anybody types.
  stage = await Stage.open(["limits.rates.customer.per_second=100", "limits.rates.customer.burst=100"]);
  ann = await stage.agent("ann");
});
after(() => stage?.close());

/** When each text was painted, in the page's own words: after the frame that first had it. */
async function notePaintings({ page }: AgentDesk | CustomerChat): Promise<void> {
  await page.evaluate(() => {
    const painted: Record<string, number> = {};
    Object.assign(globalThis, { painted });
    new MutationObserver(() => {
      for (const element of document.querySelectorAll(".bubble:not(.pending) .text")) {
        const text = element.textContent ?? "";
        if (text in painted) continue;
        painted[text] = Number.POSITIVE_INFINITY;
        requestAnimationFrame(() => setTimeout(() => (painted[text] = Date.now()), 0));
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

const paintings = ({ page }: AgentDesk) =>
  page.evaluate(() => (globalThis as unknown as { painted: Record<string, number> }).painted);

test("an agent holds twenty chats at once, and sees in which of them something was said", async () => {
  // Given twenty customers who come one after another
  await ann.beReady();
  const customers: { chat: ChatClient; sessionId: string; name: string }[] = [];
  for (let at = 1; at <= CHATS; at++) {
    const chat = connect({ url: stage.server.url, token: stage.server.token("customer", `c-${at}`) });
    const name = `Customer ${String(at).padStart(2, "0")}`;
    const { session } = await chat.sessions.startSession({ queueId: "sales", customerName: name });
    customers.push({ chat, name, sessionId: session?.sessionId ?? "" });
    await ann.accept(name);
  }
  await ann.shows(`Chats (${CHATS})`);
  await ann.shows(`${CHATS} of ${CHATS}`);

  // When each of them says something
  await Promise.all(
    customers.map(({ chat, sessionId, name }) => chat.sessions.sendMessage({ sessionId, text: `I am ${name}` })),
  );
  // Then the desk shows it unread in every chat but the open one
  await ann.page.waitForFunction((count) => document.querySelectorAll(".side .badge").length === count, CHATS - 1);
  await ann.sees(`I am ${customers.at(-1)?.name}`);
  // and each shows its own words
  for (const { name } of customers.slice(0, 5)) {
    await ann.select(name);
    await ann.sees(`I am ${name}`);
  }
  assert.equal(await ann.page.locator(".side .badge").count(), CHATS - 6);
  // and all of it is there again after a reload
  await ann.page.reload();
  await ann.shows(`Chats (${CHATS})`);
  await ann.page.waitForFunction((count) => document.querySelectorAll(".side .badge").length === count, CHATS - 6);
  assert.deepEqual(stage.problems, []);

  for (const { chat, sessionId } of customers.slice(1)) await chat.sessions.endSession({ sessionId });
  await ann.shows("Chats (1)");
});

test("what a customer sends is painted on the agent's desk at once", async (context) => {
  // Given an agent and a customer in a chat, each before their page
  const dora = await stage.agent("dora");
  await dora.beReady();
  const zoe = await stage.customer("zoe");
  await zoe.start("Zoe", "Billing");
  await dora.accept("Zoe");
  await notePaintings(dora);

  // When the customer sends one message after another
  const { times, plain } = await sendAndTime(zoe, dora);
  const share = (sorted: number[], part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? Infinity;
  const [median, p95, longest] = [share(times, 0.5), share(times, 0.95), share(times, 1)];
  context.diagnostic(`from sent to painted: median ${median} ms, p95 ${p95} ms, longest ${longest} ms`);
  context.diagnostic(`from asking for a small file to painting: p95 ${share(plain, 0.95)} ms`);
  // Then each is on the agent's screen within a tenth of a second. Where even a file takes long, the machine is busy with
  // something else, and the page is measured by that.
  const bound = Math.max(100, 3 * share(plain, 0.95));
  assert.ok(p95 < bound, `p95 is ${p95} ms, where ${bound} ms are allowed`);
});

/** Milliseconds from sending to painting, and for comparison from asking for a file to painting; sorted. */
async function sendAndTime(zoe: CustomerChat, dora: AgentDesk): Promise<{ times: number[]; plain: number[] }> {
  const sent: Record<string, number> = {};
  const plain: number[] = [];
  const box = zoe.page.getByRole("textbox", { name: "Message" });
  for (let at = 1; at <= MESSAGES; at++) {
    const text = `Message ${at} of ${MESSAGES}`;
    await box.fill(text);
    sent[text] = await box.evaluate((element) => {
      const now = Date.now();
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      return now;
    });
    await dora.sees(text);
    plain.push(
      await dora.page.evaluate(async () => {
        const now = Date.now();
        await fetch("/assets/icon.svg", { cache: "no-store" }).then((answer) => answer.text());
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
        return Date.now() - now;
      }),
    );
  }
  await dora.page.waitForFunction(
    () => !Object.values((globalThis as unknown as { painted: Record<string, number> }).painted).includes(Infinity),
  );
  const painted = await paintings(dora);
  const times = Object.entries(sent).map(([text, time]) => (painted[text] ?? Infinity) - time);
  const ascending = (one: number, other: number) => one - other;
  return { times: times.sort(ascending), plain: plain.sort(ascending) };
}
