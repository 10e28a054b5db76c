// SPDX-License-Identifier: Apache-2.0
"use strict";

// What the API says is shown as text and never read as HTML: every node is made by `element`, which
// sets `textContent`.

const base = document.body.dataset.base;
const refreshMilliseconds = 3000;
const pageSize = 100;
const statementsMax = 50;
const shownMax = 20000;

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined && text !== null) node.textContent = String(text);
  if (className) node.className = className;
  return node;
}

function link(text, href) {
  const node = element("a", text);
  node.href = href;
  return node;
}

// A link out of these pages: only to the web, since an address is the word of somebody's code.
function outward(text, address) {
  if (!/^https?:\/\//.test(address)) return element("span", address);
  const node = link(text, address);
  node.rel = "noreferrer";
  return node;
}

function state(word) {
  return element("span", word, "state state-" + String(word).replace(/[^a-z_]/g, ""));
}

function row(cells, cellName) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const box = document.createElement(cellName || "td");
    if (cell instanceof Node) box.append(cell);
    else box.textContent = cell === null || cell === undefined ? "" : String(cell);
    line.append(box);
  }
  return line;
}

function cut(text) {
  if (text.length <= shownMax) return text;
  return text.slice(0, shownMax) + "\n... " + (text.length - shownMax) + " characters more";
}

function byId(id) { return document.getElementById(id); }

async function ask(path) {
  const response = await fetch(base + path, { headers: { Accept: "application/json" } });
  const text = await response.text();
  if (!response.ok) throw new Error(response.status + " " + reason(text));
  return JSON.parse(text);
}

// The API's errors are {"msg": ...}, or a text, or nothing.
function reason(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "string" ? value : value.msg;
  } catch {
    return text;
  }
}

function showProblem(error) {
  const box = byId("problem");
  box.hidden = !error;
  box.textContent = error ? error.message : "";
}

// The names in the path, as they stand there: `/ui/session/7/log` has 7.
function pathParts() {
  return location.pathname.slice(base.length).split("/").filter((part) => part !== "");
}

// MARK: Lists

function startOf(kind) {
  const start = Number.parseInt(new URLSearchParams(location.search).get(kind) || "0", 10);
  return Number.isFinite(start) && start > 0 ? start : 0;
}

function pager(kind, total) {
  const start = startOf(kind);
  const box = byId(kind + "-pager");
  const links = [];
  function add(text, to) {
    const query = new URLSearchParams(location.search);
    query.set(kind, String(to));
    links.push(link(text, location.pathname + "?" + query));
  }
  if (start > 0) add("Older", Math.max(0, start - pageSize));
  if (start + pageSize < total) add("Newer", start + pageSize);
  const last = Math.min(start + pageSize, total);
  const text = total === 0 ? "None." : start + 1 + " to " + last + " of " + total;
  box.replaceChildren(element("span", text, "faint"), " ", ...links);
}

async function showSessions() {
  const list = await ask("/sessions?from=" + startOf("sessions") + "&size=" + pageSize);
  const head = ["Id", "Name", "State", "Kind", "Owner", "Proxy user", "Application", "Log"];
  const lines = list.sessions.map((session) => row([
    link(session.id, base + "/ui/session/" + session.id), session.name, state(session.state),
    session.kind, session.owner, session.proxyUser, session.appId,
    link("Log", base + "/ui/session/" + session.id + "/log"),
  ]));
  byId("sessions").replaceChildren(row(head, "th"), ...lines);
  pager("sessions", list.total);
}

async function showBatches() {
  const list = await ask("/batches?from=" + startOf("batches") + "&size=" + pageSize);
  const head = ["Id", "Name", "State", "Owner", "Proxy user", "Application", "Log"];
  const lines = list.sessions.map((batch) => row([
    batch.id, batch.name, state(batch.state), batch.owner, batch.proxyUser, batch.appId,
    link("Log", base + "/ui/batch/" + batch.id + "/log"),
  ]));
  byId("batches").replaceChildren(row(head, "th"), ...lines);
  pager("batches", list.total);
}

// MARK: One session

function facts(session) {
  const conf = Object.entries(session.conf).map(([key, value]) => key + " = " + value);
  const sparkUI = session.appInfo.sparkUiUrl;
  const all = [
    ["State", state(session.state)], ["Kind", session.kind], ["Name", session.name],
    ["Owner", session.owner], ["Proxy user", session.proxyUser], ["Application", session.appId],
    ["Spark's own pages", sparkUI ? outward("open", sparkUI) : null],
    ["Time to live", session.ttl], ["Idle timeout", session.idleTimeout],
    ["Conf", conf.length ? element("pre", conf.join("\n")) : null],
  ];
  return all.filter(([, value]) => value !== null && value !== "").map((pair) => row(pair));
}

function output(statement) {
  const result = statement.output;
  if (!result) return [];
  if (result.status === "error") {
    const lines = [result.ename + ": " + result.evalue, ...result.traceback.map((l) => l.trimEnd())];
    return [element("pre", cut(lines.join("\n")), "failed")];
  }
  return Object.entries(result.data).map(([type, value]) => {
    if (type.startsWith("image/")) return element("p", type + ", not shown here", "faint");
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
    return element("pre", cut(text));
  });
}

function statementBox(statement) {
  const box = document.createElement("article");
  const head = element("p");
  head.append(element("strong", statement.id), " ", state(statement.state));
  if (statement.state === "running") {
    head.append(" ", element("span", Math.round(statement.progress * 100) + " %", "faint"));
  }
  if (statement.completed > 0 && statement.started > 0) {
    const seconds = (statement.completed - statement.started) / 1000;
    head.append(" ", element("span", seconds.toFixed(3) + " s", "faint"));
  }
  box.append(head, element("pre", cut(statement.code)), ...output(statement));
  return box;
}

async function showSession() {
  const name = pathParts()[2];
  byId("log-link").href = base + "/ui/session/" + name + "/log";
  const session = await ask("/sessions/" + name);
  document.querySelector("h1").textContent = "Session " + session.id;
  byId("facts").replaceChildren(...facts(session));
  let page;
  try {
    page = await ask("/sessions/" + name + "/history?order=desc&size=" + statementsMax);
  } catch (error) {
    byId("count").textContent = error.message;
    return;
  }
  byId("count").textContent = page.total_statements + " kept, newest first";
  byId("statements").replaceChildren(...page.statements.map(statementBox));
}

// MARK: Logs

async function showLog() {
  const [, kind, name] = pathParts();
  const owner = kind === "batch" ? "Batch " : "Session ";
  const answer = await ask((kind === "batch" ? "/batches/" : "/sessions/") + name + "/log?size=-1");
  document.querySelector("h1").textContent = "Log of " + owner.toLowerCase() + answer.id;
  byId("owner-link").href = base + (kind === "batch" ? "/ui" : "/ui/session/" + name);
  byId("count").textContent = answer.total + " lines kept";
  byId("lines").textContent = answer.log.join("\n");
}

// MARK: The page

const shows = {
  sessions: async () => { await showSessions(); await showBatches(); },
  session: showSession,
  log: showLog,
};

async function refresh() {
  try {
    if (!document.hidden) await shows[document.body.dataset.page]();
    showProblem(null);
  } catch (error) {
    showProblem(error);
  }
  setTimeout(refresh, refreshMilliseconds);
}

async function showVersion() {
  try {
    byId("version").textContent = (await ask("/version")).revision;
  } catch (error) {
    showProblem(error);
  }
}

showVersion();
refresh();
