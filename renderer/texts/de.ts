import addressing from "./areas/addressing.de.json" with { type: "json" };
import assistant from "./areas/assistant.de.json" with { type: "json" };
import detail from "./areas/detail.de.json" with { type: "json" };
import history from "./areas/history.de.json" with { type: "json" };
import home from "./areas/home.de.json" with { type: "json" };
import messages from "./areas/messages.de.json" with { type: "json" };
import server from "./areas/server.de.json" with { type: "json" };
import base from "./de.json" with { type: "json" };

export const de = { ...base, addressing, assistant, detail, history, home, messages, server };
