import addressing from "./areas/addressing.en.json" with { type: "json" };
import assistant from "./areas/assistant.en.json" with { type: "json" };
import detail from "./areas/detail.en.json" with { type: "json" };
import history from "./areas/history.en.json" with { type: "json" };
import home from "./areas/home.en.json" with { type: "json" };
import messages from "./areas/messages.en.json" with { type: "json" };
import server from "./areas/server.en.json" with { type: "json" };
import base from "./en.json" with { type: "json" };

export const en = { ...base, addressing, assistant, detail, history, home, messages, server };
