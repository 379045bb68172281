import { Stage } from "./support/stage.ts";
const stage = await Stage.open();
try {
  const [ann, zoe] = [await stage.agent("ann"), await stage.customer("zoe")];
  for (const p of [ann.page, zoe.page]) p.on("console", (m) => console.log(m.text()));
  await ann.beReady();
  await zoe.start("Zoe", "Sales");
  await ann.accept("Zoe");
  await ann.say("Hello Zoe, how can I help?");
  await new Promise((r) => setTimeout(r, 2500));
  await ann.page.screenshot({ path: "/tmp/ann.png" });
  await zoe.page.screenshot({ path: "/tmp/zoe.png" });
} finally { console.log(stage.problems); await stage.close(); }
