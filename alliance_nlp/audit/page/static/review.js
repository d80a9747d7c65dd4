// Deciding by key, selecting words as evidence, and moving between text, timeline and list.
"use strict";

(() => {
  const items = [...document.querySelectorAll(".evidence .item[id]")];
  const KEYS = { a: "accept", r: "reject", u: "undecided" };

  // Decisions
  function countDecided() {
    const open = items.filter((item) => item.querySelector(".decide"));
    const done = open.filter((item) => item.dataset.state !== "undecided").length;
    document.getElementById("progress").textContent = done + " of " + open.length + " decided";
  }

  async function decide(item, action) {
    const form = item.querySelector(".decide");
    if (!form) return;
    const before = item.dataset.state;
    show(item, action);
    const read = () => { const fields = new FormData(form); fields.set("action", action); return fields; };
    if (!(await audit.send(form, form.getAttribute("action"), read))) show(item, before);
  }

  function show(item, action) {
    item.dataset.state = action;
    for (const button of item.querySelectorAll("button[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.value === action));
    }
    countDecided();
  }

  for (const item of items) {
    item.addEventListener("submit", (event) => {
      if (!event.target.classList.contains("decide")) return;
      event.preventDefault();
      decide(item, event.submitter ? event.submitter.value : "accept");
    });
    // Not under the mouse: what moves between its button's down and up is not clicked.
    item.addEventListener("focusin", (event) => light(item, event.target.matches(":focus-visible")));
    item.addEventListener("pointerenter", () => light(item, false));
  }
  countDecided();

  function light(item, scroll = true) {
    for (const old of document.querySelectorAll(".lit")) old.classList.remove("lit");
    const marked = document.querySelectorAll('.seg[data-marks~="' + item.id + '"], .bar[data-key="' + item.id + '"]');
    for (const one of marked) one.classList.add("lit");
    const first = document.querySelector('.seg[data-marks~="' + item.id + '"]');
    const wide = getComputedStyle(document.querySelector(".columns")).gridTemplateColumns.split(" ").length > 1;
    if (first && scroll && wide) first.scrollIntoView({ block: "center", behavior: "instant" });
  }

  function go(item) { if (item) { item.focus(); item.scrollIntoView({ block: "nearest" }); } }

  // Keys work in the list alone, so that they never come in the way of a screen reader's or browser's own.
  document.querySelector(".evidence").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.target.closest(".item"), at = items.indexOf(item);
    if (at < 0) return;
    const key = event.key.toLowerCase();
    if (KEYS[key]) {
      decide(item, KEYS[key]);
      if (key !== "u") go(items[at + 1]);
    } else if (key === "j" || event.key === "ArrowDown") go(items[at + 1]);
    else if (key === "k" || event.key === "ArrowUp") go(items[at - 1]);
    else return;
    event.preventDefault();
  });

  document.querySelector(".timeline svg").addEventListener("click", (event) => {
    if (event.target.dataset.key) go(document.getElementById(event.target.dataset.key));
  });

  // Adding: offsets count characters as Python does, which a browser's strings do not beyond the basic plane.
  const section = document.querySelector(".add"), form = document.getElementById("adding");
  const box = document.getElementById("adding-text"), chosen = document.getElementById("adding-chosen");
  const inWord = (text, at) => at > 0 && at < text.length && /^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
  const points = (text) => Array.from(text).length;
  const textOf = (turn) => [...turn.querySelectorAll(".said .seg")].map((seg) => seg.textContent).join("");

  function open(turn) {
    const text = textOf(turn);
    form.hidden = false;
    if (form.elements.turn.value !== turn.dataset.turn || box.value !== text.replace(/\r/g, " ")) {
      box.value = text.replace(/\r/g, " "); // a text area would make one line end of two characters
      form.elements.turn.value = turn.dataset.turn;
      const number = document.getElementById("turn");
      if (number) number.value = turn.dataset.turn;
      const all = Array.from(text), list = form.elements.sentence;
      list.length = 1;
      for (const bounds of turn.dataset.sentences.trim().split(/\s+/).filter(Boolean)) {
        const [start, end] = bounds.split("-").map(Number);
        list.add(new Option(all.slice(start, end).join("").slice(0, 90), bounds));
      }
      const codes = document.querySelector('template[data-codes="' + turn.dataset.role + '"]');
      form.elements.code.replaceChildren(codes.content.cloneNode(true));
    }
    select(text, 0, 0);
  }

  function select(text, from, to) {
    while (from < to && /\s/.test(text[from])) from += 1;
    while (to > from && /\s/.test(text[to - 1])) to -= 1;
    while (to > from && inWord(text, from)) from -= 1; // half a word is nobody's evidence
    while (to > from && inWord(text, to)) to += 1;
    form.elements.selected.value = to > from ? points(text.slice(0, from)) + "-" + points(text.slice(0, to)) : "";
    chosen.textContent = to > from ? "Selected: “" + text.slice(from, to) + "”" : "No words selected.";
    if (to > from) form.elements.sentence.value = "";
  }

  const turnOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".turn");

  function before(said, node, offset) { // length of the turn's own words before a place in it
    const range = document.createRange();
    range.selectNodeContents(said);
    range.setEnd(node, offset);
    const part = range.cloneContents();
    return [...part.querySelectorAll(".seg")].map((seg) => seg.textContent).join("").length;
  }

  document.querySelector(".turns").addEventListener("pointerup", () => setTimeout(() => {
    const picked = window.getSelection();
    if (!picked.rangeCount || picked.isCollapsed) return;
    const range = picked.getRangeAt(0), turn = turnOf(range.startContainer);
    if (!turn) return;
    const said = turn.querySelector(".said"), text = textOf(turn);
    const inside = said.contains(range.endContainer);
    if (!inside && turnOf(range.endContainer) === turn) return;
    const from = said.contains(range.startContainer) ? before(said, range.startContainer, range.startOffset) : 0;
    const to = inside ? before(said, range.endContainer, range.endOffset) : text.length;
    if (to <= from) return;
    open(turn);
    select(text, from, to);
    activate(true);
    audit.say("Words selected. Choose a code and add them.");
  }));

  // A read-only box takes no caret, and so no selection by key; this one takes the caret and no change.
  box.readOnly = false;
  box.setAttribute("aria-readonly", "true");
  box.addEventListener("beforeinput", (event) => event.preventDefault());
  for (const type of ["select", "keyup", "pointerup"]) {
    box.addEventListener(type, () => select(box.value, box.selectionStart, box.selectionEnd));
  }
  form.elements.sentence.addEventListener("change", () => {
    if (form.elements.sentence.value) select("", 0, 0);
  });

  // On a wide screen it lies over the list while it is in use.
  const close = section.querySelector(".close");
  function activate(active) {
    section.classList.toggle("active", active);
    close.hidden = !active;
  }
  close.addEventListener("click", () => activate(false));
  section.addEventListener("keydown", (event) => { if (event.key === "Escape") activate(false); });

  function openAt(number) {
    const turn = document.getElementById("t" + number);
    if (!turn) return;
    open(turn);
    activate(true);
    box.focus();
    box.setSelectionRange(0, 0);
  }
  document.querySelector(".turns").addEventListener("click", (event) => {
    const link = event.target.closest("[data-add]");
    if (!link) return;
    event.preventDefault();
    openAt(link.dataset.add);
  });
  const chooser = document.getElementById("choose-turn");
  if (chooser) chooser.addEventListener("submit", (event) => { event.preventDefault(); openAt(chooser.elements.turn.value); });
  if (!form.hidden) open(document.getElementById("t" + (form.elements.turn.value || 1)));

  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tabIndex === -1) target.focus();
})();
