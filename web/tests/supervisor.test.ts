import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Stage } from "./support/stage.ts";

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(async () => {
  await stage.leave();
  assert.deepEqual(stage.problems, []);
});

/** A customer whom nobody has taken yet: nobody of Billing is there. */
async function waits(name: string) {
  const customer = await stage.customer(name.toLowerCase());
  await customer.start(name, "Billing");
  return customer;
}

test("a supervisor takes a waiting customer at their desk, by keys", async () => {
  const zoe = await waits("Zoe");
  const carla = await stage.agent("carla");
  await carla.page.keyboard.press("Alt+Shift+KeyW");
  const window = carla.page.getByRole("dialog", { name: "Waiting customers" });
  await window.getByText("Billing").waitFor();
  await window.getByRole("button", { name: "Take Zoe" }).focus();
  await carla.page.keyboard.press("Enter");
  await carla.page.getByRole("main", { name: "Chat with Zoe" }).waitFor();
  await zoe.shows("You are talking to Carla");
  await carla.sees("You are connected (taken from the queue)");
  // Agents don't see who waits.
  const ann = await stage.agent("ann");
  assert.equal(await ann.page.getByRole("button", { name: "Waiting customers…" }).count(), 0);
  await carla.endChat();
  await carla.page.getByRole("button", { name: "End the chat" }).click();
});

test("a supervisor takes a waiting customer at the wall", async () => {
  const max = await waits("Max");
  const carla = await stage.supervisor("carla");
  const take = carla.page.getByRole("button", { name: "Take Max" });
  await take.click();
  await max.shows("You are talking to Carla");
  await take.waitFor({ state: "detached" });
  await carla.say("Carla here.");
  await max.sees("Carla here.");
  await carla.page.getByRole("button", { name: "End Chat" }).click();
  await carla.page.getByRole("button", { name: "End the chat" }).click();
});

test("a supervisor gives a chat to another agent, who is asked; and makes an agent leave", async () => {
  const [ann, bob, ida] = [await stage.agent("ann"), await stage.agent("bob"), await stage.customer("ida")];
  await ann.beReady();
  await ida.start("Ida", "Sales");
  await ann.accept("Ida");
  const carla = await stage.supervisor("carla");
  const window = carla.page.getByRole("dialog", { name: "Reassign Ida" });
  // When the supervisor gives it to a colleague
  await carla.page.getByRole("button", { name: "Reassign… Ida" }).click();
  assert.ok(await window.getByRole("radio", { name: "Ann" }).isDisabled());
  await window.getByRole("radio", { name: "Bob" }).check();
  await window.getByLabel("Note for staff").fill("You know them");
  await window.getByRole("button", { name: "Reassign to Bob" }).click();
  await window.waitFor({ state: "detached" });
  // Then the colleague is asked, and the agent stays until they accept
  await bob.page.getByRole("article", { name: "Offer: Ida" }).getByText("You know them").waitFor();
  await ida.shows("You are talking to Ann");
  await bob.accept("Ida");
  await ida.shows("You are talking to Bob");
  await ann.shows("You have left this chat.");

  // When the supervisor removes the colleague
  await carla.page.getByRole("button", { name: "Reassign… Ida" }).click();
  await window.getByRole("button", { name: "Remove Bob" }).click();
  await window.getByRole("button", { name: "Really remove Bob" }).click();
  // Then the customer is back in the queue, and whoever is there takes over
  await bob.shows("You have left this chat.");
  await ida.shows(/Somebody will be with you soon|You are number/);
  await ann.accept("Ida");
  await ida.shows("You are talking to Ann");
  // When the supervisor gives it to a queue, then it waits there, and the agent stays
  await window.getByRole("radio", { name: "Billing" }).check();
  await window.getByRole("button", { name: "Reassign to Billing" }).click();
  await ann.shows("Waits in Billing");
});
