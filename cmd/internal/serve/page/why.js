// Why a rule does or does not apply to a ticket.
import {h, fill, say, problem} from './dom.js';
import {work} from './api.js';
import {bar} from './bar.js';
import {picker} from './pick.js';
import {percent, plural, words, decibans, stamp} from './words.js';

export function whyView(body, one, rule) {
  const link = (id) => `#/run/${one.run.id}/why/${encodeURIComponent(id)}`;
  const answer = h('div', {class: 'answer'});
  fill(body, h('div', {class: 'two'}, picker(one, rule, link), answer));
  if (!one.run.live) return gone(answer, 'Why a rule applies');
  if (!rule) {
    fill(answer, h('h2', {}, 'Why this, and why not another?'),
      h('p', {}, 'Choose a rule. The answer shows each of its conditions on the record that comes nearest to it, the first part that is false, and what could not be told.'));
    return undefined;
  }
  const stop = new AbortController(), progress = bar();
  fill(answer, progress.el);
  work(`/api/runs/${one.run.id}/why`, {rule}, {step: progress.step, signal: stop.signal}).then((x) => {
    explain(answer, one, x);
    say(verdict(x));
  }, (e) => { if (e.name !== 'AbortError') fill(answer, problem(e.message)); });
  return () => stop.abort();
}

// gone says that the files of a run would be needed.
export function gone(el, what) {
  fill(el, h('div', {class: 'note'}, h('p', {}, what + ' is told from the files of the ticket. Those of this run are not here any more: only reports are kept.'),
    h('p', {}, h('a', {href: '#/'}, 'Give them again'))));
}

function verdict(x) {
  if (x.applies === 'yes' && x.rank) return `Applies: rank ${x.rank}, ${percent(x.confidence)}, ${x.level}`;
  if (x.rank) return `May apply: rank ${x.rank}, ${percent(x.confidence)}, ${x.level}. Its condition cannot be told whole`;
  if (x.applies === 'no') return 'Does not apply';
  return 'Nothing speaks for it, and not all of it can be told';
}

function explain(el, one, x) {
  fill(el,
    h('h2', {}, x.rule + ' ', h('span', {class: 'title'}, x.title)),
    h('p', {class: 'sentence ' + (x.rank ? 'yes' : x.applies === 'no' ? 'no' : 'unknown')}, h('b', {}, verdict(x)), '.', x.first_false && !x.rank ? [' First false: ', h('code', {}, x.first_false)] : null),
    x.rival ? h('p', {}, 'Best other diagnosis: ', h('b', {}, x.rival), ', ' + ahead(x.behind || 0) + '.') : null,
    h('p', {}, h('a', {class: 'button', href: `#/run/${one.run.id}/rule/${encodeURIComponent(x.rule)}`}, 'Change this rule')),
    h('h3', {}, 'Its condition'), h('ul', {class: 'tree'}, node(x.condition)),
    h('h3', {}, 'Its signals'), x.signals.map(signal),
    x.terms && x.terms.length ? [h('h3', {}, 'Its score: ' + decibans(x.score_db) + ' decibans'), terms(x.terms)] : null,
    (x.rivals || []).length ? [h('h3', {}, 'Against the others'), x.rivals.map(rival)] : null);
}

function ahead(db) {
  return Math.abs(db).toFixed(1) + ' decibans ' + (db >= 0 ? 'ahead of it' : 'behind it');
}

const marks = {yes: '\u2713', no: '\u2717', 'cannot tell': '?'};

function mark(value) {
  return h('span', {class: 'mark ' + (value === 'cannot tell' ? 'unknown' : value)}, h('span', {'aria-hidden': 'true'}, marks[value] || ''), ' ' + value);
}

function node(n) {
  return h('li', {}, h('p', {class: 'part'}, mark(n.value), ' ', h('code', {}, n.text.trim().replace(/\s+/g, ' ')), n.actual ? h('span', {class: 'actual'}, ' ' + actual(n)) : null),
    n.children && n.children.length ? h('ul', {}, n.children.map(node)) : null);
}

// actual is what was found, without the name that stands before it already.
function actual(n) {
  const text = n.actual.replace(/(\d{4}-\d\d-\d\d)T(\d\d:)/g, '$1 $2');
  return text.startsWith(n.text + ' ') ? text.slice(n.text.length + 1) : text;
}

function signal(s) {
  const near = s.nearest;
  return h('details', {class: 'signal', open: s.count > 0 || s.value !== 'no'},
    h('summary', {}, mark(s.value), ' ', h('b', {}, words(s.name)), h('span', {class: 'meta'}, ` ${s.on}, ${words(s.strength)}` + (s.count ? ', ' + plural(s.count, 'record') : ''))),
    s.doc ? h('p', {class: 'doc'}, s.doc) : null,
    !s.count && s.missing ? h('p', {}, 'Cannot be told: ' + s.missing + '.') : null,
    near ? h('p', {class: 'near'}, h('span', {class: 'meta'}, (s.count ? 'Record ' : 'Nearest record '), h('code', {}, near.path + (near.line ? ':' + near.line : '')), near.time ? ' ' + stamp(near.time) : ''), h('span', {class: 'excerpt'}, near.excerpt)) : null,
    s.tree.text ? h('ul', {class: 'tree'}, node(s.tree)) : null);
}

function terms(list) {
  return h('table', {class: 'rows'}, h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'n'}, 'dB'), h('th', {scope: 'col'}, 'Reason'))),
    h('tbody', {}, list.map((t) => h('tr', {}, h('td', {class: 'n'}, decibans(t.db)), h('td', {}, h('b', {}, words(t.name)), ': ' + t.why)))));
}

function rival(r) {
  return h('details', {class: 'signal'},
    h('summary', {}, h('b', {}, r.rule), h('span', {class: 'meta'}, ` rank ${r.rank}, ${percent(r.confidence)}, ${ahead(r.ahead)}, ${r.same_evidence ? 'for the same evidence' : 'a fault of its own'}`)),
    h('p', {}, r.title), terms(r.by.map((d) => ({db: d.db, name: d.kind, why: d.why}))));
}
