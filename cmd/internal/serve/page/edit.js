// A rule is changed in place, checked as it is typed, and tried on the ticket.
import {h, fill, say, problem} from './dom.js';
import {get, post, work} from './api.js';
import {bar} from './bar.js';
import {picker} from './pick.js';
import {gone} from './why.js';
import {reportFrame} from './run.js';
import {changesList} from './compare.js';
import {percent, plural} from './words.js';

const drafts = new Map(); // by rule: {text, was} as long as the page is open

export function editView(body, one, rule) {
  const link = (id) => `#/run/${one.run.id}/rule/${encodeURIComponent(id)}`;
  const answer = h('div', {class: 'answer'});
  fill(body, h('div', {class: 'two'}, picker(one, rule, link), answer));
  if (!rule) {
    fill(answer, h('h2', {}, 'Change a rule and see the answer change'),
      h('p', {}, 'Choose a rule. It is changed here only: the rules on disk stay as they are until you save the file and put it in its place.'));
    return undefined;
  }
  const stop = new AbortController();
  open(rule, stop.signal).then((draft) => edit(answer, one, draft, stop.signal), (e) => {
    if (e.name !== 'AbortError') fill(answer, problem(e.message));
  });
  return () => stop.abort();
}

async function open(rule, signal) {
  if (!drafts.has(rule)) {
    const r = await get('/api/rules/' + encodeURIComponent(rule), signal);
    drafts.set(rule, {...r, was: r.text});
  }
  return drafts.get(rule);
}

function edit(el, one, draft, signal) {
  const numbers = h('div', {class: 'numbers', 'aria-hidden': 'true'});
  const area = h('textarea', {id: 'ruletext', spellcheck: false, autocapitalize: 'off', autocomplete: 'off', wrap: 'off', rows: 24, 'aria-describedby': 'findings'});
  area.value = draft.text;
  const findings = h('div', {class: 'findings', id: 'findings'});
  const result = h('div', {class: 'result'});
  const tryIt = h('button', {type: 'button', class: 'primary', onclick: () => attempt(result, one, draft, tryIt, signal)}, 'Try on this ticket');
  const undo = h('button', {type: 'button', onclick: () => { area.value = draft.was; changed(); area.focus(); }}, 'Undo all changes');
  let timer = 0, sent = 0;
  const check = async () => {
    const mine = ++sent;
    const a = await post('/api/lint', {rule: draft.id, text: draft.text}, signal).catch((e) => ({error: e}));
    if (mine !== sent || signal.aborted) return;
    if (a.error) { fill(findings, problem(a.error.message)); return; }
    const errors = a.findings.filter((f) => f.severity === 'error').length;
    tryIt.disabled = errors > 0 || !one.run.live;
    showFindings(findings, a.findings, area);
    numbers.querySelectorAll('.bad').forEach((n) => n.classList.remove('bad', 'warn'));
    for (const f of a.findings) {
      const n = numbers.children[f.line - 1];
      if (n && f.severity !== 'note') n.classList.add('bad', f.severity === 'warning' ? 'warn' : 'bad');
    }
  };
  const changed = () => {
    draft.text = area.value;
    undo.disabled = draft.text === draft.was;
    const n = draft.text.split('\n').length;
    while (numbers.children.length > n) numbers.lastChild.remove();
    while (numbers.children.length < n) numbers.append(h('span', {}, String(numbers.children.length + 1)));
    clearTimeout(timer);
    timer = setTimeout(check, 250);
  };
  area.addEventListener('input', changed);
  area.addEventListener('scroll', () => { numbers.scrollTop = area.scrollTop; });
  fill(el,
    h('h2', {}, draft.id + ' ', h('span', {class: 'title'}, draft.title)),
    one.run.live ? null : h('p', {class: 'note'}, 'The files of this run are not here any more: the rule can be changed and saved, but not tried on it. ', h('a', {href: '#/'}, 'Give them again')),
    h('label', {for: 'ruletext', class: 'label'}, 'Rule file ' + draft.file),
    h('div', {class: 'editor'}, numbers, area),
    findings,
    h('p', {class: 'buttons'}, tryIt, h('button', {type: 'button', onclick: () => saveFile(draft)}, 'Save as a file'), undo),
    result);
  changed();
  check();
}

function showFindings(el, list, area) {
  const count = (s) => list.filter((f) => f.severity === s).length;
  const sum = [['error', count('error')], ['warning', count('warning')]].filter(([, n]) => n).map(([s, n]) => plural(n, s)).join(', ');
  const head = h('p', {class: 'sum', role: 'status'}, sum || 'Nothing wrong with it');
  const item = (f) => h('li', {class: 'of-' + f.severity},
    h('button', {type: 'button', class: 'place', onclick: () => goTo(area, f.line, f.column)}, f.line ? 'line ' + f.line : 'file'), ' ',
    h('b', {}, f.severity), ' ' + f.message, f.fix ? h('span', {class: 'fix'}, ' (' + f.fix + ')') : null);
  const notes = list.filter((f) => f.severity === 'note'), rest = list.filter((f) => f.severity !== 'note');
  const open = el.querySelector('details')?.open;
  fill(el, head, rest.length ? h('ul', {}, rest.slice(0, 40).map(item)) : null,
    notes.length ? h('details', {open}, h('summary', {}, plural(notes.length, 'note') + ' for the author'), h('ul', {}, notes.slice(0, 40).map(item))) : null);
}

// goTo puts the cursor on a place, and brings it into sight.
function goTo(area, line, column) {
  const lines = area.value.split('\n');
  let at = 0;
  for (let i = 0; i < Math.min(line - 1, lines.length); i++) at += lines[i].length + 1;
  at += Math.max(0, column - 1);
  area.focus();
  area.setSelectionRange(at, at);
  const height = area.scrollHeight / Math.max(1, lines.length);
  area.scrollTop = Math.max(0, (line - 4) * height);
}

function saveFile(draft) {
  const address = URL.createObjectURL(new Blob([draft.text], {type: 'application/toml'}));
  const a = h('a', {href: address, download: draft.file});
  a.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say(draft.file + ' is saved');
}

function attempt(el, one, draft, button, signal) {
  if (!one.run.live) return gone(el, 'What a rule changes');
  const progress = bar();
  button.disabled = true;
  fill(el, progress.el);
  work(`/api/runs/${one.run.id}/try`, {rule: draft.id, text: draft.text}, {step: progress.step, signal}).then((x) => {
    outcome(el, one, x);
    const title = el.querySelector('h3');
    title.focus({preventScroll: true});
    title.scrollIntoView({block: 'start'});
    say(sentence(x));
  }, (e) => { if (e.name !== 'AbortError') fill(el, problem(e.message)); }).finally(() => { button.disabled = false; });
  return undefined;
}

function place(p) {
  return p ? `rank ${p.rank}, ${percent(p.confidence)}, ${p.level}` : 'no diagnosis';
}

function sentence(x) {
  if (place(x.before) === place(x.after)) return `${x.rule} stays where it was: ${place(x.after)}`;
  return `${x.rule}: ${place(x.before)} before, ${place(x.after)} now`;
}

// first says which diagnosis comes first now.
function first(c) {
  const now = [...c.came, ...c.moved, ...c.same].find((d) => d.after.rank === 1);
  if (!now) return 'No diagnosis is left.';
  return now.before && now.before.rank === 1 ? `${now.rule} comes first, as before.` : `${now.rule} comes first now.`;
}

function outcome(el, one, x) {
  const c = x.changes, quiet = c.came.length + c.went.length + c.moved.length === 0;
  const side = (name, p) => h('div', {class: 'side'}, h('dt', {}, name),
    h('dd', {}, p ? [h('span', {class: 'big'}, '#' + p.rank), ' ', h('span', {class: 'badge ' + p.level}, p.level), ' ' + percent(p.confidence)] : h('span', {class: 'big none'}, 'no diagnosis')));
  const frame = h('div');
  fill(el,
    h('h3', {tabIndex: -1, class: 'tried'}, 'With the changed rule'),
    h('dl', {class: 'sides'}, side('Before', x.before), h('span', {class: 'arrow', 'aria-hidden': 'true'}, '\u2192'), side('Now', x.after)),
    h('p', {}, first(c)),
    quiet ? h('p', {}, 'No other diagnosis changes.') : changesList(c, {after: null, before: one.run.id}),
    h('p', {}, h('button', {type: 'button', onclick: (e) => {
      e.target.remove();
      fill(frame, reportFrame(`/runs/${one.run.id}/tried`, 'Report with the changed rule'));
    }}, 'Read the report with the changed rule')),
    frame);
}
