// One run: its report, and what can be asked about it.
import {h, fill, problem} from './dom.js';
import {get} from './api.js';
import {percent} from './words.js';
import {whyView} from './why.js';
import {editView} from './edit.js';
import {compareWith} from './compare.js';

const tabs = [['report', 'Report'], ['why', 'Why not?'], ['rule', 'Change a rule'], ['compare', 'Compare']];
const formats = [['html', 'HTML'], ['md', 'Markdown'], ['reply', 'Mail to the customer'], ['text', 'Text'], ['json', 'JSON'], ['csv', 'Evidence, CSV'], ['sarif', 'SARIF']];

export async function runView(page, id, tab, more) {
  let one;
  try {
    one = await get('/api/runs/' + encodeURIComponent(id));
  } catch (e) {
    return fill(page, h('div', {class: 'wrap'}, h('h1', {tabIndex: -1}, 'Run ' + id), problem(e.message)));
  }
  const run = one.run, here = tab || 'report';
  document.title = run.ticket + ' - kbdiag';
  const body = h('div', {class: 'tab tab-' + here});
  fill(page, head(run, here), body);
  const view = {report: reportView, why: whyView, rule: editView, compare: compareWith}[here];
  if (!view) return fill(body, problem('There is no such part of a run.'));
  return view(body, one, more);
}

function head(run, here) {
  const verdict = run.rule ?
    h('p', {class: 'verdict'}, h('span', {class: 'badge ' + run.level}, run.level), ' ', h('b', {}, run.rule), ' ' + percent(run.confidence) + ' ', h('span', {class: 'title'}, run.title)) :
    h('p', {class: 'verdict'}, 'No diagnosis');
  return h('div', {class: 'runhead'},
    h('div', {class: 'bar'}, h('h1', {tabIndex: -1}, run.ticket), verdict, saveMenu(run)),
    h('div', {class: 'bar'},
      h('nav', {class: 'tabs', 'aria-label': 'This ticket'}, tabs.map(([name, label]) =>
        h('a', {href: '#/run/' + run.id + (name === 'report' ? '' : '/' + name), 'aria-current': name === here ? 'page' : null}, label)))));
}

function saveMenu(run) {
  const menu = h('details', {class: 'menu'}, h('summary', {}, 'Save as'),
    h('ul', {}, formats.map(([name, label]) => h('li', {}, h('a', {href: `/runs/${run.id}/save/${name}`, download: ''}, label)))));
  menu.addEventListener('keydown', (e) => { if (e.key === 'Escape') { menu.open = false; menu.firstChild.focus(); } });
  menu.addEventListener('focusout', (e) => { if (!menu.contains(e.relatedTarget)) menu.open = false; });
  return menu;
}

// reportFrame shows a report apart from the page: its scripts have no part in
// it.
export function reportFrame(address, title) {
  return h('iframe', {class: 'report', src: address, title, sandbox: 'allow-scripts', allow: 'clipboard-write', referrerpolicy: 'no-referrer'});
}

function reportView(body, one, evidence) {
  fill(body, reportFrame(`/runs/${one.run.id}/report` + (evidence ? '#' + encodeURIComponent(evidence) : ''), 'Report on ' + one.run.ticket));
}
