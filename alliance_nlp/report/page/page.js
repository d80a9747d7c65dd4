"use strict";
// Everything a visit says goes in as text (append, setAttribute), never as markup; the page's policy allows no other way.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const rows = read("rows"), wording = read("wording");
const overview = document.getElementById("overview"), visit = document.getElementById("visit");
const form = document.getElementById("choice"), choice = form.elements, table = document.getElementById("visits");
const found = document.getElementById("found"), more = document.getElementById("more");
const PARTS = ["goal", "task", "bond"], FAMILIES = ["goals", "tasks", "bond", "names"], STEP = 200, LIKELY = wording.likely;
const STATUSES = ["said_only", "note_only", "both"];
const CALLED = { alliance: "Alliance", goal: "Goal", task: "Task", bond: "Bond", provider: "Provider", patient: "Patient", other: "Other" };
const BAND_SIGNS = { weak: "○", fair: "◐", strong: "●" };
const title = document.title;
let chosen = [];                                    // indices of rows, as filtered and ordered
let drawn = 0;                                      // how many of them stand in the list
let scrolled = 0;                                   // where the list was left
const shown = { least: LIKELY, families: new Set(FAMILIES), only: false };

/** An element with attributes and children; strings among the children become text. */
function el(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "path" || tag === "circle"
    ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}
const plural = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
const percent = (p) => `${Math.round(100 * p)} %`;
const ends = (score) => `${score[0].toFixed(1)} (${score[1].toFixed(1)} to ${score[2].toFixed(1)})`;
const width = (row) => row.alliance ? row.alliance[2] - row.alliance[1] : -1;

/** A score on a rail from 1 to 5: dot for the value, band for the 90 % range. The numbers beside it say the same. */
function bar([value, low, high]) {
  const at = (score) => ((score - 1) * 25).toFixed(1);
  return el("svg", { class: "bar", viewBox: "0 0 100 14", "aria-hidden": "true" },
    el("path", { class: "rail", d: "M0 7h100M0 4v6M25 4v6M50 4v6M75 4v6M100 4v6" }),
    el("path", { class: "reach", d: `M${at(low)} 7H${at(high)}` }),
    el("circle", { cx: at(value), cy: "7", r: "4" }));
}
const band = (name) => el("span", { class: "band" }, `${BAND_SIGNS[name]} ${name}`);
const notThere = (row, part) => row.undocumented.includes(part) ? "not documented" : "–";

// The list

const ORDERS = {
  newest: ["date, newest first", (a, b) => (b.date ?? "").localeCompare(a.date ?? "") || a.order - b.order],
  oldest: ["date, oldest first", (a, b) => (a.date ?? "9").localeCompare(b.date ?? "9") || a.order - b.order],
  files: ["as in the files", (a, b) => a.order - b.order],
  unsure: ["least certain first (widest range)", (a, b) => width(b) - width(a) || a.order - b.order],
};

function fits(row) {
  const words = choice.find.value.toLowerCase().split(/\s+/);
  const hay = [row.id, row.date, row.provider, row.about].join(" ").toLowerCase();
  return words.every((word) => hay.includes(word))
    && (!choice.band.value || (row.band ?? "none") === choice.band.value)
    && (!choice.kind.value || row.kind === choice.kind.value)
    && (!choice.provider.value || row.provider === choice.provider.value)
    && (!choice.from.value || (row.date ?? "") >= choice.from.value)
    && (!choice.to.value || (row.date !== null && row.date <= choice.to.value))
    && (!choice.warnings.checked || row.warnings > 0);
}

function list() {
  const compare = ORDERS[choice.order.value][1];
  chosen = rows.map((_, n) => n).filter((n) => fits(rows[n])).sort((a, b) => compare(rows[a], rows[b]));
  found.textContent = chosen.length === rows.length
    ? plural(rows.length, "visit") : `${chosen.length.toLocaleString("en")} of ${plural(rows.length, "visit")}`;
  table.tBodies[0].replaceChildren();
  drawn = 0;
  draw(STEP);
}

/** Add the next rows to the list; a thousand at once would be slow on an old machine. */
function draw(count) {
  table.tBodies[0].append(...chosen.slice(drawn, drawn + count).map((n) => line(rows[n], n)));
  drawn = Math.min(chosen.length, drawn + count);
  more.hidden = drawn === chosen.length;
  more.textContent = `Show more (${plural(chosen.length - drawn, "visit")} left)`;
}

function line(row, n) {
  const facts = [row.date, row.kind, row.provider].filter(Boolean).join(" · ");
  const marked = FAMILIES.map((family, at) => row.evidence[at] ? `${wording.families[family]} ${row.evidence[at]}` : null);
  const cells = PARTS.map((part) => el("td", { role: "cell", "data-name": CALLED[part] }, row[part] ? ends(row[part]) : notThere(row, part)));
  return el("tr", { role: "row" },
    el("th", { role: "rowheader", scope: "row" }, el("a", { href: `#visit-${n}` }, row.id), el("span", { class: "quiet" }, facts),
      row.about ? el("span", { class: "quiet about" }, row.about) : null,
      row.warnings ? el("span", { class: "quiet" }, `⚠ ${plural(row.warnings, "warning")}`) : null),
    row.alliance ? el("td", { role: "cell", class: "whole" }, bar(row.alliance), band(row.band), el("div", {}, ends(row.alliance)))
      : el("td", { role: "cell", class: "free whole" }, row.because ? `Not scored: ${row.because.replaceAll("_", " ")}` : "no mean: not all parts documented"),
    cells, el("td", { role: "cell", class: "free whole", "data-name": "Marked:" }, marked.filter(Boolean).join(", ") || "none"));
}

function prepare() {
  const has = {
    dates: rows.some((row) => row.date), warnings: rows.some((row) => row.warnings),
    kinds: new Set(rows.map((row) => row.kind)).size > 1, providers: new Set(rows.map((row) => row.provider)).size > 1,
  };
  for (const field of form.querySelectorAll("[data-only]")) field.hidden = !has[field.dataset.only];
  const orders = Object.entries(ORDERS).filter(([name]) => has.dates || name === "files" || name === "unsure");
  choice.order.append(...orders.map(([value, [name]]) => el("option", { value }, name)));
  const providers = [...new Set(rows.map((row) => row.provider).filter(Boolean))].sort((a, b) => a.localeCompare(b));
  choice.provider.append(...providers.map((name) => el("option", { value: name }, name)));
  form.hidden = table.hidden = rows.length === 0;
  form.addEventListener("input", list);
  form.addEventListener("reset", () => setTimeout(list));
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const next = drawn;
    draw(STEP);
    table.tBodies[0].rows[next].querySelector("a").focus();
  });
  window.addEventListener("beforeprint", () => {
    draw(chosen.length);
    for (const closed of document.querySelectorAll("main:not([hidden]) details.prints")) closed.open = true;
  });
  list();
}

// One visit

/** What was packed of a visit: base64, zlib, JSON. */
async function unpack(n) {
  const bytes = Uint8Array.from(atob(document.getElementById(`packed-${n}`).textContent), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

async function route() {
  const n = /^#visit-(\d+)$/.exec(location.hash)?.[1];
  if (n === undefined || !rows[n]) {
    const came = overview.hidden;
    overview.hidden = false;
    visit.hidden = true;
    document.title = title;
    if (came) window.scrollTo(0, scrolled);
    if (came) table.querySelector(`a[href="#visit-${visit.dataset.n}"]`)?.focus({ preventScroll: true });
    return;
  }
  if (!overview.hidden) scrolled = window.scrollY;
  const wanted = location.hash;
  const about = await unpack(n);
  if (location.hash !== wanted) return;             // another was opened meanwhile
  overview.hidden = true;
  visit.hidden = false;
  visit.dataset.n = n;
  visit.replaceChildren(...page(rows[n], about, Number(n)));
  document.title = `${rows[n].id}: ${title}`;
  window.scrollTo(0, 0);
  visit.querySelector("h1").focus({ preventScroll: true });
}

function page(row, about, n) {
  const at = chosen.indexOf(n);
  const step = (by, name) => {
    const button = el("button", { type: "button" }, name);
    button.disabled = at < 0 || chosen[at + by] === undefined;
    button.addEventListener("click", () => { location.hash = `#visit-${chosen[at + by]}`; });
    return button;
  };
  const facts = [row.date, row.kind, row.provider, row.about, about.model].filter(Boolean).join(" · ");
  const transcript = el("div");
  const fill = () => transcript.replaceChildren(...words(about));
  fill();
  visit.onclick = (event) => {
    const number = event.target.closest("[data-go]")?.dataset.go;
    if (number !== undefined) go(Number(number), about, fill);
  };
  return [
    el("nav", { class: "bar-top", "aria-label": "Visits" }, el("a", { href: "#list" }, "← All visits"),
      step(-1, "Previous"), step(1, "Next"),
      el("span", { class: "quiet" }, at < 0 ? "" : `${at + 1} of ${chosen.length} in the list`)),
    el("h1", { tabindex: "-1" }, row.id), el("p", { class: "quiet facts" }, facts),
    about.warnings.length ? el("div", { class: "warnings" }, el("strong", {}, "Before you trust this"),
      el("ul", {}, about.warnings.map((warning) => el("li", {}, warning)))) : null,
    row.because ? el("p", { class: "note" }, el("strong", {}, "Not scored. "), wording.reasons[row.because],
      " What was found in it is still marked below.") : scores(row),
    el("p", { class: "quiet" }, "How the visit reads, for reflection and training: no grade, no ranking, and not how the patient felt."),
    beside(row, about), documented(row, about),
    el("div", { class: "sides" }, el("div", { class: "why" }, moved(row, about), measures(about)),
      el("div", {}, el("h2", {}, row.kind === "note" ? "Note" : "Transcript"), marks(about, fill), transcript)),
  ].filter(Boolean);
}

function scores(row) {
  const box = (part) => el("div", {}, el("dt", {}, CALLED[part]),
    el("dd", {}, row[part] ? [el("b", {}, row[part][0].toFixed(1)), ` ${row[part][1].toFixed(1)} to ${row[part][2].toFixed(1)}`, bar(row[part])] : notThere(row, part)));
  const whole = box("alliance");
  if (row.band) {
    whole.append(el("dd", {}, "reads as ", band(row.band)));
    whole.append(el("dd", { class: "quiet" }, `raters would call about ${Math.round(100 * row.p_strong)} of 100 such visits strong`));
  }
  return el("dl", { class: "scores" }, whole, PARTS.map(box));
}

/** What each part's score is made of, largest first; the points add up to the score. */
function moved(row, about) {
  if (!about.contributions.length) return null;
  const wide = window.matchMedia("(min-width: 60rem)").matches; // elsewhere the transcript would be far below
  const number = (n) => el("button", { type: "button", class: "go", "data-go": n, "aria-label": `Go to mark ${n + 1}` }, `${n + 1}`);
  const tables = PARTS.filter((part) => row[part]).map((part) => {
    const all = about.contributions.filter(([of]) => of === part);
    const own = all.filter(([, name, points]) => name === "base" || Math.abs(points) >= 0.05);
    const rest = all.filter((one) => !own.includes(one)).reduce((sum, [, , points]) => sum + points, 0);
    own.sort((a, b) => (b[1] === "base") - (a[1] === "base") || Math.abs(b[2]) - Math.abs(a[2]));
    if (Math.abs(rest) >= 0.05) own.push([part, "rest", rest, []]);
    const lines = own.map(([, name, points, evidence]) => el("tr", {},
      el("td", {}, (name !== "base" && points > 0 ? "+" : "") + points.toFixed(1).replace("-", "−")),
      el("th", { scope: "row" }, wording.features[name] ?? name, evidence.length ? el("div", {}, evidence.map(number)) : null)));
    return el("details", { class: "prints", open: wide ? "" : null },
      el("summary", {}, `${CALLED[part]} ${row[part][0].toFixed(1)}`),
      el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "points"), el("th", { scope: "col" }, "for, with the marks behind it"))), el("tbody", {}, lines)));
  });
  return el("section", {}, el("h2", {}, "What moved the scores"), tables);
}

function measures(about) {
  const lines = about.measures.filter(([, value]) => value !== null).map(([name, value]) => {
    const [words, unit] = wording.measures[name] ?? [name, ""];
    const figure = unit === "share" ? percent(value) : `${Number(value.toFixed(1))}`;
    return el("tr", {}, el("td", {}, figure), el("th", { scope: "row" }, words, unit === "share" ? null : el("span", { class: "quiet" }, ` ${unit}`)));
  });
  if (!lines.length) return null;
  return el("section", {}, el("h2", {}, "Beside the scores"), el("p", { class: "quiet" }, "Counted, and in no score."),
    el("table", {}, el("tbody", {}, lines)));
}

/** A link to a visit of this page; its id alone where it is not listed. */
function to(id, n) {
  return n < 0 ? id : el("a", { href: `#visit-${n}` }, id);
}

/** A place of the note or, with a turn, of the transcript: its words, or where it is. */
function quote(place) {
  if (!place) return "";
  const [said, start, end, turn] = place;
  const where = turn === undefined ? "" : `turn ${turn + 1}`;
  return said === null ? `${where ? `${where}, ` : ""}characters ${start} to ${end}` : [where ? el("span", { class: "quiet" }, `${where} `) : null, said];
}

/** A note beside the transcript of its visit; under a transcript the notes that were compared with it. */
function beside(row, about) {
  const own = rows.map((other, n) => n).filter((n) => rows[n].pair === row.id && row.kind === "transcript");
  if (own.length) return el("p", {}, `${own.length === 1 ? "The note" : "Notes"} of this visit, compared with it: `,
    own.flatMap((n, at) => [at ? ", " : "", to(rows[n].id, n)]));
  if (!about.beside) return null;
  const { visit: id, items, mismatches } = about.beside;
  const at = rows.findIndex((other) => other.id === row.pair && other.kind === "transcript");
  const tables = STATUSES.map((status) => {
    const some = items.filter((item) => item[1] === status);
    const heads = ["what", status === "note_only" ? null : "in the visit", status === "said_only" ? null : "in the note", "probability"];
    const lines = some.map(([kind, , said, note, p]) => el("tr", {}, el("th", { scope: "row" }, wording.items[kind] ?? kind),
      status === "note_only" ? null : el("td", {}, quote(said)), status === "said_only" ? null : el("td", {}, quote(note)), el("td", {}, percent(p))));
    return el("details", { class: "prints", open: some.length && status !== "both" ? "" : null }, el("summary", {}, `${wording.statuses[status]} (${some.length})`),
      some.length ? el("table", {}, el("thead", {}, el("tr", {}, heads.filter(Boolean).map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, lines))
        : el("p", { class: "quiet" }, "None found."));
  });
  const differ = mismatches.map(([detail, said, note]) => el("li", {}, `${detail}: the note has `, quote(note), "; ",
    said ? ["the visit ", quote(said)] : "the roster has another"));
  return el("section", { class: "beside" }, el("h2", {}, "Beside the transcript of its visit, ", to(row.pair ?? id, at)),
    el("p", { class: "quiet" }, "From the words alone, and wrong often enough that every line deserves a look."), tables,
    differ.length ? [el("h3", {}, "Details of the person that differ"), el("ul", {}, differ)] : null);
}

/** What a note documents beside its marks: goals with their parts, words that may stigmatise, sections. */
function documented(row, about) {
  const named = (words, [start, end]) => words ?? `characters ${start} to ${end}`;
  const goals = about.goals.map((goal) => {
    const facts = [`the ${goal.owner}’s`, wording.goals[goal.kind], goal.horizon ? `${goal.horizon} term` : null, goal.met].filter(Boolean);
    const parts = goal.parts.map(([part, said]) => (wording.goals[part] ?? part) + (said === null ? "" : `: ${said}`));
    if (goal.missing.length) parts.push(`not said: ${goal.missing.map((asked) => wording.goals[asked]).join(", ")}`);
    return el("li", {}, named(goal.text, goal.at), " ", el("span", { class: "quiet" }, `(${facts.join(", ")})`),
      parts.length ? el("div", { class: "quiet" }, parts.join("; ")) : null);
  });
  const flags = about.flags.map((flag) => el("li", {}, named(flag.text, flag.at), ": ", flag.suggestion, " ",
    el("span", { class: "quiet" }, `(${flag.code}; ${flag.source})`)));
  const sections = (which) => [...new Set(about.sections.filter(which).map(([name]) => name))].join(", ");
  const told = [["Sections", sections(() => true)], ["Left empty", sections(([, empty]) => empty)], ["Said to be copied from an earlier note", sections(([, , copied]) => copied)]];
  const block = (called, count, inside) => count ? el("details", { class: "prints", open: "" }, el("summary", {}, `${called} (${count})`), el("ul", {}, inside)) : null;
  const blocks = [block("Goals and their parts", goals.length, goals),
    block("Words that may stigmatise, and a kinder wording; in no score", flags.length, flags),
    ...told.map(([called, names]) => names ? el("p", {}, `${called}: ${names}.`) : null)].filter(Boolean);
  return blocks.length ? el("section", { class: "beside" }, el("h2", {}, "What the note documents"), blocks) : null;
}

const family = (said) => wording.family_of[said[0]] ?? "names";
const isShown = (said) => said[1] >= shown.least && shown.families.has(family(said));

/** Which marks to show; the choice stays from visit to visit. */
function marks(about, fill) {
  const tick = (checked, words, change) => {
    const box = el("input", { type: "checkbox" });
    box.checked = checked;
    box.addEventListener("change", () => { change(box.checked); fill(); });
    return el("label", {}, box, " ", words);
  };
  const unlikely = about.evidence.filter((said) => said[1] < LIKELY).length;
  return el("fieldset", { class: "marks" }, el("legend", { class: "quiet" }, "Marks"),
    FAMILIES.map((name) => tick(shown.families.has(name), wording.families[name], (on) => shown.families[on ? "add" : "delete"](name))),
    unlikely ? tick(shown.least === 0, `also less likely than not (${unlikely})`, (on) => { shown.least = on ? 0 : LIKELY; }) : null,
    about.turns && about.turns.length > 1 ? tick(shown.only, "only around marks", (on) => { shown.only = on; }) : null);
}

/** The transcript or note with its marks; where words were left out, the marks alone. */
function words(about) {
  if (!about.turns) {
    const numbers = [...about.evidence.keys()].filter((n) => isShown(about.evidence[n]));
    return [el("p", {}, "The words were left out of this page (--no-text). Marked were:"), notes(about, numbers, true)];
  }
  const keep = about.turns.map(() => !shown.only);
  if (shown.only) about.turns.forEach((turn, at) => {
    if (turn.pieces.some(([, covers]) => covers.some((n) => isShown(about.evidence[n])))) for (let near = at - 1; near <= at + 1; near++) keep[near] = true;
  });
  const lines = [];
  about.turns.forEach((turn, at) => {
    if (keep[at]) lines.push(spoken(turn, about));
    else if (at === 0 || keep[at - 1]) lines.push(el("li", { class: "gap" }, "…"));
  });
  return [el("ol", { class: "turns" }, lines)];
}

function spoken(turn, about) {
  const covers = turn.pieces.map(([, numbers]) => numbers.filter((n) => isShown(about.evidence[n])));
  const text = turn.pieces.map(([said], at) => {
    if (!covers[at].length) return said;
    const behind = covers[at].find((n) => family(about.evidence[n]) !== "names") ?? covers[at][0]; // a name within a sentence
    const ending = covers[at].filter((n) => !covers[at + 1]?.includes(n));
    return el("mark", { class: family(about.evidence[behind]) }, said, ending.length ? el("sup", {}, ending.map((n) => n + 1).join(" ")) : null);
  });
  const numbers = [...new Set(covers.flat())].sort((a, b) => a - b);
  const note = turn.role === "note";
  const time = turn.start_s === null || turn.start_s === undefined ? null
    : `${Math.floor(turn.start_s / 60)}:${String(Math.floor(turn.start_s % 60)).padStart(2, "0")}`;
  const who = note ? null : el("div", { class: "who" }, CALLED[turn.role], " ",
    turn.speaker || time ? el("span", { class: "quiet" }, [turn.speaker, time].filter(Boolean).join(" ")) : null);
  return el("li", { class: note ? "turn note-text" : `turn ${turn.role}` }, who, el("p", { class: "words" }, text),
    numbers.length ? notes(about, numbers, false) : null);
}

/** The marks of a turn: what each is called, how sure the tool is, and on demand what it means and why it stands there. */
function notes(about, numbers, place) {
  return el("ul", { class: "notes" }, numbers.map((n) => {
    const [code, p, why, turn] = about.evidence[n];
    const [name, means] = wording.codes[code] ?? [code, ""];
    const where = place && turn !== null ? `, turn ${turn + 1}` : "";
    const sure = why === "coder" ? `Of 100 sentences marked with this probability, about ${Math.round(100 * p)} are rightly marked. ` : "";
    return el("li", { class: family(about.evidence[n]), "data-mark": n }, el("details", {},
      el("summary", {}, `${n + 1} ${name}, ${percent(p)}${where}`),
      el("p", {}, means, el("br"), sure, `Why: ${wording.why[why] ?? `a rule, ${why}`}.`,
        el("br"), el("span", { class: "quiet" }, `code ${code}`))));
  }));
}

/** Bring a mark into view, showing its kind of marks if they were hidden. */
function go(n, about, fill) {
  if (!isShown(about.evidence[n])) {
    shown.families.add(family(about.evidence[n]));
    if (about.evidence[n][1] < shown.least) shown.least = 0;
    visit.querySelector(".marks").replaceWith(marks(about, fill));
    fill();
  }
  const mark = visit.querySelector(`[data-mark="${n}"] summary`);
  mark.closest(".turn, li").scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
}

prepare();
window.addEventListener("hashchange", route);
route();
