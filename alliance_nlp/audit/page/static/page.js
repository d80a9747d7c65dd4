// Saves in the background what the forms would save, and says so. Without this script the forms' buttons do.
"use strict";

const audit = (() => {
  const PAUSE_MS = 900; // after the last key before a text is saved
  const LOST = "Not saved: the page gets no answer. Is alliance audit serve still running? Keep this page open.";
  let queue = Promise.resolve(); // one request after the other, so that each knows the version before it

  const SHOWN_MS = 6000; // how long a word of success stays in the way
  let fading = 0;
  const say = (text) => {
    const status = document.getElementById("status");
    status.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => { status.textContent = ""; }, SHOWN_MS);
  };
  const warn = (text) => { document.getElementById("alert").textContent = text; };

  function setVersions(form, versions) {
    for (const [name, version] of Object.entries(versions)) {
      const field = form.elements["version." + name];
      if (field) field.value = version;
    }
  }

  // The fields are read when it is this request's turn, with the versions that then stand.
  function send(form, url, read) {
    const result = queue.then(async () => {
      say("Saving ...");
      let answer;
      try {
        answer = await fetch(url, { method: "POST", body: read(), headers: { Accept: "application/json" }, keepalive: true });
      } catch {
        say("");
        warn(LOST);
        return false;
      }
      const found = await answer.json().catch(() => ({}));
      if (!answer.ok) {
        say("");
        warn("Not saved: " + (found.error || "something went wrong; reload the page."));
        return false;
      }
      setVersions(form, found.versions || {});
      warn("");
      say("Saved at " + new Date().toLocaleTimeString());
      return true;
    });
    queue = result.catch(() => false);
    return result;
  }

  function fieldsOf(form, part) {
    const fields = new FormData();
    fields.set("form_token", form.elements.form_token.value);
    for (const control of part.querySelectorAll("input, select, textarea")) {
      const silent = (control.type === "radio" || control.type === "checkbox") && !control.checked;
      if (control.name && !silent) fields.append(control.name, control.value);
    }
    return fields;
  }

  // Ratings and blind codes: each group of fields is saved as soon as something in it changes.
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    form.addEventListener("change", (event) => {
      const group = event.target.closest("fieldset[data-item]");
      if (!group) return;
      const done = group.querySelector("input[type=checkbox]");
      if (done && event.target.tagName === "SELECT" && event.target.value) done.checked = true;
      save(group);
    });
    const save = (group) => {
      send(form, form.getAttribute("action"), () => fieldsOf(form, group)).then(() => countDone(form));
    };
    // What was chosen while this script was still on its way.
    for (const group of form.querySelectorAll("fieldset[data-item]")) if (isChanged(group)) save(group);
    countDone(form);
  }

  function isChanged(group) {
    const chosen = [...group.querySelectorAll("select")].some((list) => list.value !== servedValue(list));
    return chosen || [...group.querySelectorAll("input")].some((box) => box.checked !== box.defaultChecked);
  }

  function servedValue(list) {
    return ([...list.options].find((option) => option.defaultSelected) || list.options[0]).value;
  }

  function countDone(form) {
    const boxes = [...form.querySelectorAll(".unit input[type=checkbox]")];
    const heading = document.getElementById("code-h");
    if (!heading || !boxes.length) return;
    let note = heading.querySelector("span");
    if (!note) note = heading.appendChild(document.createElement("span"));
    note.className = "facts";
    note.textContent = " " + boxes.filter((box) => box.checked).length + " of " + boxes.length + " done";
  }

  // A rating by its figure, while the focus is in it.
  for (const group of document.querySelectorAll("fieldset.rating")) {
    group.addEventListener("keydown", (event) => {
      const radio = group.querySelector('input[type=radio][value="' + CSS.escape(event.key) + '"]');
      if (!radio || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      radio.focus();
      radio.click();
    });
  }

  for (const link of document.querySelectorAll('a[href="#codebook"]')) {
    link.addEventListener("click", () => { document.getElementById("codebook").open = true; });
  }

  // Longer text: after a pause, when the field is left, and when the page is.
  for (const field of document.querySelectorAll("[data-autosave-text]")) {
    let timer = 0, saved = field.defaultValue;
    const save = () => {
      clearTimeout(timer);
      if (field.value === saved) return;
      const text = field.value;
      send(field.form, field.form.getAttribute("action"), () => fieldsOf(field.form, field.form)).then((ok) => { if (ok) saved = text; });
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE_MS); });
    field.addEventListener("blur", save);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  }

  // A button pressed while something is on its way waits for it, or it would save over its own version.
  for (const form of document.querySelectorAll("#blind, #closing")) {
    let ready = false;
    form.addEventListener("submit", (event) => {
      if (ready) return;
      event.preventDefault();
      const button = event.submitter;
      // In a task of its own: a form that is still telling of its submission ignores a second one.
      queue.then(() => setTimeout(() => { ready = true; form.requestSubmit(button); ready = false; }));
    });
  }

  return { send, say, warn };
})();
