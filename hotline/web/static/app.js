"use strict";
// What all pages share: rows that open, pickers with pinyin initials, keys, posts with the CSRF token.

const hotline = {
  token: document.querySelector('meta[name="csrf-token"]').content,

  async post(url, data) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(data),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.error ? answer.error.message : "网络不通，请稍后再试");
    return answer;
  },

  say(message) {
    let box = document.querySelector(".flashes");
    if (!box) {
      box = document.createElement("div");
      box.className = "flashes";
      box.setAttribute("role", "alert");
      document.body.append(box);
    }
    const line = document.createElement("div");
    line.className = "flash flash-danger";
    line.textContent = message;
    box.replaceChildren(line);
    this.fade();
  },

  fade() {
    setTimeout(() => document.querySelectorAll(".flash").forEach((line) => line.closest(".flashes") && line.remove()), 6000);
  },

  typing(event) {
    return event.target.closest("input, textarea, select, [contenteditable]") !== null;
  },
};

const lists = {};
function list(name) {
  lists[name] ??= fetch(`/lists/${name}.json`, { headers: { Accept: "application/json" } }).then((r) => r.json());
  return lists[name];
}

// A picker writes a code of the list into its hidden input (or adds a tag), never free text.
class Picker {
  constructor(root) {
    this.root = root;
    this.multi = root.dataset.multi;
    this.text = root.querySelector('input[type="text"]');
    this.hidden = this.multi ? null : root.querySelector('input[type="hidden"]');
    this.menu = document.createElement("ul");
    this.menu.className = "picker-list";
    this.menu.setAttribute("role", "listbox");
    this.menu.hidden = true;
    root.append(this.menu);
    this.text.addEventListener("input", () => this.search());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    root.addEventListener("click", (event) => this.remove(event));
    root.picker = this;
  }

  async search() {
    if (this.hidden) this.hidden.value = "";
    const words = this.text.value.trim().toLowerCase();
    if (!words) return this.close();
    const entries = await list(this.root.dataset.picker);
    const found = entries.filter((e) => e.name.includes(words) || e.keys.includes(words) || e.hint.includes(words) || e.code.toLowerCase() === words);
    const first = (e) => (e.name.startsWith(words) || e.keys.startsWith(words) ? 0 : 1);
    found.sort((a, b) => first(a) - first(b) || a.name.length - b.name.length);
    this.show(found.slice(0, 12));
  }

  show(found) {
    this.menu.replaceChildren(...found.map((entry, place) => {
      const item = document.createElement("li");
      const hint = document.createElement("small");
      item.textContent = entry.name;
      hint.textContent = entry.hint;
      item.append(hint);
      item.className = place === 0 ? "here" : "";
      item.setAttribute("role", "option");
      item.addEventListener("mousedown", (event) => { event.preventDefault(); this.choose(entry); });
      item.entry = entry;
      return item;
    }));
    this.menu.hidden = found.length === 0;
    this.text.setAttribute("aria-expanded", String(!this.menu.hidden));
  }

  key(event) {
    if (this.menu.hidden) {
      if (event.key === "Enter" && this.multi) event.preventDefault();
      return;
    }
    const items = [...this.menu.children];
    const at = items.findIndex((item) => item.className === "here");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
      items.forEach((item, place) => { item.className = place === next ? "here" : ""; });
      items[next].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.choose(items[at].entry);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }

  choose(entry) {
    if (this.multi) {
      this.tag(entry.code, entry.name);
      this.text.value = "";
    } else {
      this.hidden.value = entry.code;
      this.text.value = entry.name;
    }
    this.close();
    this.root.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  }

  tag(code, name) {
    if ([...this.root.querySelectorAll("input[type=hidden]")].some((input) => input.value === code)) return;
    const tag = document.createElement("span");
    tag.className = "tag";
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: this.multi, value: code });
    const cross = document.createElement("button");
    Object.assign(cross, { type: "button", textContent: "×" });
    cross.setAttribute("aria-label", "去掉");
    tag.append(hidden, name, cross);
    this.root.querySelector(".tags").append(tag);
  }

  async set(code) {
    const entries = await list(this.root.dataset.picker);
    const entry = entries.find((e) => e.code === code);
    this.hidden.value = entry ? entry.code : "";
    this.text.value = entry ? entry.name : "";
  }

  async setAll(codes) {
    const entries = await list(this.root.dataset.picker);
    this.root.querySelectorAll(".tag").forEach((tag) => tag.remove());
    codes.forEach((code) => this.tag(code, (entries.find((e) => e.code === code) || { name: code }).name));
  }

  remove(event) {
    const button = event.target.closest(".tag button");
    if (!button) return;
    button.closest(".tag").remove();
    this.root.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  }

  close() {
    this.menu.hidden = true;
    this.text.setAttribute("aria-expanded", "false");
    if (this.hidden) this.root.classList.toggle("wrong", this.text.value.trim() !== "" && !this.hidden.value);
  }
}

document.querySelectorAll("[data-picker]").forEach((root) => new Picker(root));
document.addEventListener("submit", (event) => {
  const wrong = [...event.target.querySelectorAll(".picker:not(.multi)")].find((root) => {
    const { text, hidden } = root.picker;
    return (text.value.trim() !== "" || text.required) && !hidden.value;
  });
  if (wrong) {
    event.preventDefault();
    wrong.classList.add("wrong");
    wrong.picker.text.focus();
    hotline.say("请从列表中选择");
  }
});

document.querySelectorAll("tr[data-href]").forEach((row) => row.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input")) location.href = row.dataset.href;
}));

// Arrow keys walk a list of rows, Enter opens one.
const rows = [...document.querySelectorAll("table.queue tr[data-href]")];
if (rows.length) {
  let here = 0;
  rows[0].classList.add("here");
  document.addEventListener("keydown", (event) => {
    if (hotline.typing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      rows[here].classList.remove("here");
      here = Math.min(Math.max(here + step, 0), rows.length - 1);
      rows[here].classList.add("here");
      rows[here].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.target.closest("a, button")) {
      location.href = rows[here].dataset.href;
    }
  });
}

// Ctrl+Enter sends the form one is typing in, else the main form of the page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form") || document.querySelector("#ticket-form, #call-form");
  if (form) form.requestSubmit();
});

hotline.fade();
