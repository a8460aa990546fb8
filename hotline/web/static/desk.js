"use strict";
// The operator's desk: evidence in the transcript, drafts that survive, answers that ask the machine again.

const form = document.querySelector("#ticket-form, #call-form");
const player = document.getElementById("player");

// ---- evidence: the words of the transcript that prove a field
const paragraphs = [...document.querySelectorAll("#transcript p[data-offset]")];
const texts = paragraphs.map((p) => p.textContent);

function highlight(start, end) {
  let first = null;
  paragraphs.forEach((p, place) => {
    // Offsets count characters, JavaScript counts UTF-16 units: cut by characters.
    const chars = Array.from(texts[place]);
    const from = Math.max(start - Number(p.dataset.offset), 0);
    const to = Math.min(end - Number(p.dataset.offset), chars.length);
    if (!(to > from)) return p.replaceChildren(texts[place]);
    const mark = document.createElement("mark");
    mark.textContent = chars.slice(from, to).join("");
    p.replaceChildren(chars.slice(0, from).join(""), mark, chars.slice(to).join(""));
    first ??= mark;
  });
  if (first) first.scrollIntoView({ block: "nearest" });
}

document.querySelectorAll(".field").forEach((field) => {
  field.addEventListener("focusin", () => {
    if (field.dataset.start !== undefined) highlight(Number(field.dataset.start), Number(field.dataset.end));
    else highlight(0, 0);
  });
});

document.querySelectorAll("[data-seek]").forEach((button) => button.addEventListener("click", () => {
  if (!player) return;
  player.currentTime = Number(button.dataset.seek);
  player.play();
}));

// ---- the chosen file, named in our words and not in the browser's
const file = document.getElementById("file");
if (file) {
  file.addEventListener("change", () => {
    document.getElementById("file-name").textContent = file.files.length ? file.files[0].name : "未选择文件";
  });
}

// ---- drafts: only what the operator has changed is kept, so that a new suggestion may fill the rest
const edited = new Set((form && form.dataset.edited || "").split(" ").filter(Boolean));
const state = document.getElementById("draft-state");
let timer = null;

function values() {
  if (form.id === "call-form") return { text: form.elements.text.value };
  const out = {};
  const data = new FormData(form);
  edited.forEach((name) => {
    if (name === "co") out.co = data.getAll("co");
    else if (["urgent", "confidential", "callback"].includes(name)) out[name] = data.get(name) === "1";
    else out[name] = data.get(name) ?? "";
  });
  return out;
}

async function save() {
  clearTimeout(timer);
  timer = null;
  try {
    await hotline.post(form.dataset.draft, values());
    state.textContent = "草稿已保存";
  } catch (error) {
    state.textContent = `草稿未保存：${error.message}`;
  }
}

function touched(name) {
  if (!name || ["csrf_token", "version", "outcome", "file"].includes(name)) return;
  edited.add(name);
  const field = document.querySelector(`.field[data-field="${name}"]`);
  if (field) field.className = "field grade-edited";
  clearTimeout(timer);
  timer = setTimeout(save, 600);
}

if (form && form.dataset.draft) {
  form.addEventListener("input", (event) => touched(event.target.name));
  form.addEventListener("picked", (event) => touched(event.target.dataset.multi || event.target.picker.hidden.name));
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("pagehide", () => { if (timer) save(); });
}

// ---- answers of the caller: keep the fact, ask again, refill what the operator has not touched
async function give(button) {
  const buttons = document.querySelectorAll("#panel [data-fact]");
  buttons.forEach((other) => { other.disabled = true; });
  try {
    const { fact, value } = button.dataset;
    refresh(await hotline.post(form.dataset.facts, { fact, value: value || null, draft: values() }));
  } catch (error) {
    hotline.say(error.message);
    buttons.forEach((other) => { other.disabled = false; });
  }
}

function refresh(answer) {
  document.getElementById("panel").innerHTML = answer.panel;
  form.elements.version.value = answer.version;
  const outcome = form.querySelector(`input[name=outcome][value="${answer.outcome}"]`);
  if (outcome) outcome.checked = true;
  Object.entries(answer.form).forEach(([name, value]) => { if (!edited.has(name)) fill(name, value); });
}

function fill(name, value) {
  const field = document.querySelector(`.field[data-field="${name}"]`);
  if (field) return fillField(field, value);
  if (name === "co") return document.querySelector('#ticket-form [data-multi="co"]').picker.setAll(value || []);
  const input = form.elements[name];
  if (!input) return undefined;
  if (input.type === "hidden") return input.closest("[data-picker]").picker.set(value);
  if (input.type === "checkbox") input.checked = Boolean(value);
  else input.value = value || "";
  return undefined;
}

function fillField(field, value) {
  field.querySelector("input, textarea").value = value.value || "";
  const sure = value.confidence;
  const grade = !value.value ? "empty" : sure === undefined || sure === null ? "none" : sure >= 0.8 ? "high" : sure >= 0.5 ? "middle" : "low";
  field.className = `field grade-${grade}`;
  if (value.start === undefined || value.start === null) { delete field.dataset.start; return; }
  field.dataset.start = value.start;
  field.dataset.end = value.end;
}

const panel = document.getElementById("panel");
if (panel) {
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fact]");
    if (button) give(button);
  });
  // A place has no list to click: the operator types it and presses Enter.
  panel.addEventListener("keydown", (event) => {
    const { factText } = event.target.dataset;
    if (event.key !== "Enter" || !factText || !event.target.value.trim()) return;
    event.preventDefault();
    give({ dataset: { fact: factText, value: event.target.value.trim() } });
  });
  // Alt+1…9 answers the question without the mouse, also while typing.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !/^[1-9]$/.test(event.key)) return;
    const button = document.querySelectorAll("#question [data-fact]")[Number(event.key) - 1];
    if (button) { event.preventDefault(); give(button); }
  });
}
