"use strict";
// Shows the rules that have all of the words that are typed, those with a word
// in their id or title first.
const box = document.getElementById("search");
const list = document.getElementById("list");
const count = document.getElementById("count");
const items = Array.from(list.children);
const titles = items.map((item) => item.firstElementChild.textContent.toLowerCase());

function find() {
  const asked = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  items.forEach((item, i) => {
    const there = asked.every((w) => words[i].includes(w));
    item.hidden = !there;
    if (there) {
      found.push([asked.filter((w) => titles[i].includes(w)).length, i]);
    }
  });
  found.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  found.forEach(([, i]) => list.append(items[i]));
  count.textContent = found.length === 1 ? "1 article" : found.length + " articles";
  history.replaceState(null, "", asked.length ? "#" + encodeURIComponent(box.value) : "#");
}

let waiting = 0;
box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, 80);
});
document.addEventListener("keydown", (e) => {
  if (e.key === "/" && document.activeElement !== box) {
    e.preventDefault();
    box.focus();
  }
});
if (location.hash.length > 1) {
  try {
    box.value = decodeURIComponent(location.hash.slice(1));
    find();
  } catch {
    box.value = "";
  }
}
