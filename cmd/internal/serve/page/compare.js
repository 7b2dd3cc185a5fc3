// The difference of two runs of a ticket.
import {h, fill, say, problem} from './dom.js';
import {get} from './api.js';
import {clock, percent, plural, stamp, words} from './words.js';

// compareWith is the part of a run that compares it with another.
export async function compareWith(body, one, other) {
  const box = h('div', {class: 'wrap'});
  fill(body, box);
  const all = (await get('/api/runs').catch(() => ({runs: []}))).runs.filter((r) => r.id !== one.run.id);
  const same = all.filter((r) => r.ticket === one.run.ticket), rest = all.filter((r) => r.ticket !== one.run.ticket);
  if (!all.length) {
    return fill(box, h('h2', {}, 'Compare with another run'), h('p', {}, 'There is no other run yet. Diagnose the ticket again after the fix, under the same name, and see what has changed.'));
  }
  const option = (r) => h('option', {value: String(r.id), selected: String(r.id) === other}, `${r.ticket}, run ${r.id}, ${clock(r.at)}: ${r.rule || 'no diagnosis'}`);
  const select = h('select', {id: 'other', onchange: () => { location.hash = `#/run/${one.run.id}/compare/${select.value}`; }},
    h('option', {value: ''}, 'Choose a run'),
    same.length ? h('optgroup', {label: 'Of this ticket'}, same.map(option)) : null,
    rest.length ? h('optgroup', {label: 'Of other tickets'}, rest.map(option)) : null);
  const answer = h('div');
  fill(box, h('h2', {}, 'Compare with another run'), h('p', {class: 'field inline'}, h('label', {for: 'other'}, 'The other run'), select), answer);
  if (other) await difference(answer, ...[+other, one.run.id].sort((a, b) => a - b));
  return undefined;
}

// compareView is the same as a page of its own.
export async function compareView(page, before, after) {
  document.title = 'Comparison - kbdiag';
  const answer = h('div');
  fill(page, h('div', {class: 'wrap'}, h('h1', {tabIndex: -1}, 'Two runs compared'), answer));
  await difference(answer, before, after);
}

async function difference(el, before, after) {
  let d;
  try {
    d = await get(`/api/compare?before=${encodeURIComponent(before)}&after=${encodeURIComponent(after)}`);
  } catch (e) {
    fill(el, problem(e.message));
    return;
  }
  const c = d.changes;
  fill(el,
    h('dl', {class: 'sides'}, side('Before', d.before), h('span', {class: 'arrow', 'aria-hidden': 'true'}, '\u2192'), side('After', d.after)),
    d.before.ticket === d.after.ticket ? null : h('p', {class: 'note'}, 'These are runs of two different tickets.'),
    h('p', {class: 'sentence'}, h('b', {}, first(d)), sum(c) ? ' ' + sum(c) + '.' : ''),
    changesList(c, {before: d.before.id, after: d.after.id}),
    errorsList('Errors that are gone', c.errors.went, d.before.id), errorsList('New errors that nothing explains', c.errors.came, d.after.id),
    inputsList(c.inputs));
  say(first(d) + ' ' + sum(c));
}

// first says what became of the first diagnosis.
function first(d) {
  const a = d.before, b = d.after;
  if (!a.rule && !b.rule) return 'No diagnosis in either run.';
  if (!b.rule) return `${a.rule} came first, and no diagnosis is left.`;
  if (!a.rule) return `There was no diagnosis, and now ${b.rule} comes first.`;
  if (a.rule === b.rule) return `${a.rule} comes first in both, ${percent(a.confidence)} before and ${percent(b.confidence)} after.`;
  return `${a.rule} came first, and now ${b.rule} does.`;
}

function side(name, r) {
  return h('div', {class: 'side'}, h('dt', {}, name),
    h('dd', {}, h('a', {href: '#/run/' + r.id}, r.ticket), h('small', {}, ` run ${r.id}, `, h('time', {datetime: r.at}, clock(r.at))), h('br'), r.rule ? [h('span', {class: 'badge ' + r.level}, r.level), ' ', h('b', {}, r.rule), ' ' + percent(r.confidence)] : 'No diagnosis'));
}

function sum(c) {
  const parts = [[c.went, 'gone'], [c.came, 'new'], [c.moved, 'changed'], [c.same, 'as before']].filter(([l]) => l.length).map(([l, w]) => plural(l.length, 'diagnosis').replace('diagnosiss', 'diagnoses') + ' ' + w);
  return parts.join(', ');
}

// changesList shows the diagnoses that came, went and moved. Evidence leads to
// the report that it stands in, where there is one to go to.
export function changesList(c, runs) {
  const part = (title, list, kind) => list.length ? [h('h3', {}, title), h('ul', {class: 'changes'}, list.map((x) => change(x, kind, runs)))] : null;
  return h('div', {}, part('Gone', c.went, 'gone'), part('New', c.came, 'new'), part('Changed', c.moved, 'moved'),
    c.same.length ? h('p', {class: 'meta'}, 'As before: ' + c.same.map((x) => x.rule).join(', ')) : null);
}

function change(x, kind, runs) {
  const at = (p) => p ? [h('b', {}, '#' + p.rank), ' ', h('span', {class: 'badge ' + p.level}, p.level), ' ' + percent(p.confidence)] : h('span', {class: 'none'}, 'none');
  const list = x.evidence.map((e) => evidence(e, runs));
  return h('li', {class: kind},
    h('p', {class: 'changehead'}, h('b', {class: 'rule'}, x.rule), h('span', {class: 'from'}, at(x.before), h('span', {class: 'to'}, h('span', {'aria-hidden': 'true'}, ' \u2192 '), h('span', {class: 'vh'}, ' to ')), at(x.after))),
    h('p', {class: 'title'}, x.title),
    list.length > 4 ? h('details', {}, h('summary', {}, plural(list.length, 'change') + ' of evidence'), h('ul', {class: 'pieces'}, list)) : list.length ? h('ul', {class: 'pieces'}, list) : null);
}

const kinds = {new: 'new', gone: 'gone', other: 'changed'};

function evidence(e, runs) {
  const piece = e.after || e.before, run = e.after ? runs.after : runs.before;
  const place = piece.path + (piece.line ? ':' + piece.line : '');
  const count = e.before && e.after && e.before.count !== e.after.count ? `, ${e.before.count} times before, ${e.after.count} now` : piece.count > 1 ? `, ${piece.count} times` : '';
  return h('li', {class: e.what}, h('p', {}, h('span', {class: 'kind'}, kinds[e.what]), ' ', h('b', {}, words(e.signal)), e.against ? ' (against it)' : '', ' ',
    run ? h('a', {href: `#/run/${run}/report/${piece.id}`}, place) : h('code', {}, place), h('span', {class: 'meta'}, (piece.time ? ' ' + stamp(piece.time) : '') + count)),
    h('p', {class: 'excerpt'}, piece.excerpt));
}

function errorsList(title, list, run) {
  if (!list.length) return null;
  return [h('h3', {}, title), h('ul', {class: 'changes'}, list.map((u) => h('li', {}, h('p', {}, h('b', {}, `${u.count}\u00d7 ${u.provider} ${u.id}`), ' ' + u.level),
    h('p', {class: 'excerpt'}, u.example), h('p', {class: 'meta'}, h('a', {href: `#/run/${run}`}, u.path + (u.line ? ':' + u.line : ''))))))];
}

function inputsList(list) {
  if (!list.length) return null;
  const names = {new: 'only after', gone: 'only before', other: 'changed'};
  return h('details', {}, h('summary', {}, plural(list.length, 'input') + ' with a difference'),
    h('ul', {class: 'plain'}, list.slice(0, 200).map((i) => h('li', {}, h('code', {}, i.path), ' ' + names[i.what]))));
}
