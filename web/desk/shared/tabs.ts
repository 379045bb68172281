import { useEffect, useState } from "preact/hooks";

/** Whether the same person's desk is open in another tab of this browser. Both work, and show the same. */
export function useOtherTab(self: string): boolean {
  const [others, setOthers] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const own = crypto.randomUUID();
    const channel = new BroadcastChannel(`chatsession.desk.${self}`);
    const say = (what: "hello" | "here" | "bye") => channel.postMessage({ what, from: own });
    channel.onmessage = ({ data }: MessageEvent<{ what: string; from: string }>) => {
      if (data.what === "hello") say("here");
      setOthers((before) => {
        const after = new Set(before);
        if (data.what === "bye") after.delete(data.from);
        else after.add(data.from);
        return after;
      });
    };
    const leave = () => say("bye");
    addEventListener("pagehide", leave);
    say("hello");
    return () => {
      removeEventListener("pagehide", leave);
      leave();
      channel.close();
    };
  }, [self]);
  return others.size > 0;
}
