import { connect } from "@chatsession/client";
import { render } from "preact";
import { SignIn, StaleToken } from "../shared/Connection.tsx";
import { useStore } from "../shared/store.ts";
import { PageToasts } from "../shared/ToastList.tsx";
import { Toasts } from "../shared/toasts.ts";
import { PageToken } from "../shared/token.ts";
import { WallModel } from "./model.ts";
import { Wall } from "./Wall.tsx";

const token = new PageToken("wall");
const toasts = new Toasts();
let model: WallModel | undefined;

function wallModel(self: string): WallModel {
  if (!model) {
    model = new WallModel(connect({ url: location.origin, token: token.source }), self, toasts);
    model.run();
  }
  return model;
}

function App() {
  useStore(token);
  const { sub, role } = token.claims ?? {};
  if (sub === undefined || role !== "supervisor") {
    return <SignIn title="Supervisor's wall" hint="Sign in with a supervisor's token." token={token} />;
  }
  return (
    <PageToasts.Provider value={toasts}>
      <StaleToken token={token} />
      <Wall model={wallModel(sub)} />
    </PageToasts.Provider>
  );
}

const root = document.getElementById("app");
if (root) render(<App />, root);
