// Elements, and what is said to those who listen.

// h makes an element. Properties that begin with "on" are listeners; null and
// false leave an attribute or a child out. Text is always text.
export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name in el && typeof value !== 'string') el[name] = value;
    else el.setAttribute(name, value);
  }
  put(el, children);
  return el;
}

function put(el, children) {
  for (const c of children) {
    if (Array.isArray(c)) put(el, c);
    else if (c !== null && c !== undefined && c !== false) el.append(c);
  }
}

// fill puts children in the place of those that an element has.
export function fill(el, ...children) {
  el.replaceChildren();
  put(el, children);
  return el;
}

// say tells a text to screen readers.
export function say(text) {
  document.getElementById('say').textContent = text;
}

// problem shows what went wrong.
export function problem(text) {
  return h('p', {class: 'note bad', role: 'alert'}, text);
}
