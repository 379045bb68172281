// Takes the pictures of docs/pictures: what the pages look like in each state, in chats that are played.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect } from "@chatsession/client";
import type { Page } from "playwright-core";
import { Stage } from "./support/stage.ts";

const folder = fileURLToPath(new URL("../../docs/pictures", import.meta.url));
mkdirSync(folder, { recursive: true });
const picture = (page: Page, name: string) => page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });

const narrow = { width: 560, height: 800 };

const stage = await Stage.open();
try {
  const [ann, bob, zoe] = [await stage.agent("ann"), await stage.agent("bob"), await stage.customer("zoe")];
  await stage.agent("dora");
  const stranger = await ann.page.context().newPage();
  await stranger.goto(`${stage.server.url}/desk.html`);
  await stranger.locator(".token-form").waitFor();
  await picture(stranger, "sign-in");
  await stranger.close();
  await zoe.page.setViewportSize(narrow);
  await zoe.page.getByLabel("Your name").fill("Zoe");
  await picture(zoe.page, "start");
  await ann.beReady();
  for (const [id, name, text] of [
    ["max", "Max", "Is the blue one in stock again?"],
    ["ida", "Ida", "Thank you, that worked!"],
  ] as const) {
    const chat = connect({ url: stage.server.url, token: stage.server.token("customer", id) });
    const { session } = await chat.sessions.startSession({ queueId: "sales", customerName: name });
    await ann.accept(name);
    await chat.sessions.sendMessage({ sessionId: session?.sessionId ?? "", text });
  }
  await ann.page.getByLabel("Your state").selectOption("not-ready:lunch");
  await zoe.start("Zoe", "Sales");
  await zoe.shows(/You are number/);
  await picture(zoe.page, "waiting");
  await ann.beReady();
  await ann.accept("Zoe");
  await zoe.say("Good evening! My order 2041 came without the power supply.");
  await ann.say("I am sorry to hear that, Zoe. May I look into it for a moment?");
  await zoe.sees("I am sorry to hear that");
  await zoe.say("Of course.");
  await ann.sees("Of course.");

  const window = await ann.openInvite();
  await window.getByRole("radio", { name: "Bob" }).check();
  await window.getByLabel("Note for staff").fill("Which power supply fits the X200?");
  await picture(ann.page, "invite");
  await window.getByRole("button", { name: "Invite Bob" }).click();
  await bob.page.getByRole("article", { name: "Offer: Zoe" }).waitFor();
  await picture(bob.page, "offer");
  await ann.shows("Bob is invited…");
  await picture(ann.page, "invited");
  await bob.accept("Zoe");
  await bob.page.getByLabel("Whisper", { exact: true }).check();
  await bob.page.getByRole("textbox", { name: "Whisper to staff" }).fill("It is the 45 W one, we have twelve.");
  await bob.page.keyboard.press("Enter");
  await ann.sees("It is the 45 W one");
  await bob.page.getByLabel("Whisper", { exact: true }).uncheck();
  await bob.say("Hello Zoe, I send you the right one today.");
  await zoe.sees("I send you the right one today.");
  await zoe.say("Wonderful, thank you both.");
  await ann.sees("Wonderful, thank you both.");
  await ann.page.locator(".toast").first().waitFor({ state: "detached" });
  await picture(ann.page, "desk");
  await picture(zoe.page, "customer");
  await ann.page.emulateMedia({ colorScheme: "dark" });
  await picture(ann.page, "desk-dark");
  await ann.page.emulateMedia({ colorScheme: "light" });

  const una = connect({ url: stage.server.url, token: stage.server.token("customer", "una") });
  await una.sessions.startSession({ queueId: "support", customerName: "Una" });
  const carla = await stage.supervisor("carla");
  await carla.lookInto("Zoe");
  await carla.sees("Wonderful, thank you both.");
  await picture(carla.page, "wall");

  await ann.endChat();
  await ann.shows("You have left this chat.");
  await ann.shows("After-chat work");
  await picture(ann.page, "after-chat-work");
  await ann.select("Max");
  await ann.endChat();
  const question = ann.page.getByRole("dialog", { name: "What becomes of Max?" });
  await question.waitFor();
  await picture(ann.page, "what-becomes");
  await ann.page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await ann.select("Ida");
  await ann.transferTo("Billing");
  await ann.shows("Waits in Billing");
  await ann.sees("Thank you for waiting.");
  await ann.page.locator(".toast").first().waitFor({ state: "detached" });
  await picture(ann.page, "queued");
  await ann.page.context().setOffline(true);
  await ann.shows("Reconnecting…");
  await picture(ann.page, "offline");
} finally {
  await stage.close();
}
