// The first view: files are chosen or dropped, and diagnosed.
import {h, fill, say, problem} from './dom.js';
import {get, work} from './api.js';
import {clock, percent, plural, size} from './words.js';
import {dropped, chosen, pasted} from './files.js';
import {bar} from './bar.js';

let files = [];  // {name, file}
let stated = {ticket: '', product: '', at: ''};
let job = null;  // {box, stop} of the files that are being diagnosed

window.addEventListener('beforeunload', (e) => { if (job) e.preventDefault(); });

export function startView(page, go) {
  document.title = 'New ticket - kbdiag';
  if (job) return fill(page, h('div', {class: 'wrap'}, job.box));
  const list = h('div', {class: 'given'});
  const errors = h('div'), last = h('div');
  const show = () => {
    fill(list, files.length ? givenFiles(show, () => run(page, go)) : null);
    last.hidden = files.length > 0;
  };
  const add = async (promise) => {
    fill(errors);
    const more = await promise;
    const known = new Set(files.map((f) => f.name));
    files = files.concat(more.filter((f) => !known.has(f.name)));
    show();
    say(plural(files.length, 'file') + ' chosen');
    const button = list.querySelector('.primary');
    if (button && more.length) button.focus();
  };
  const zone = dropZone(add);
  fill(page, h('div', {class: 'wrap'},
    h('h1', {}, 'Diagnose a ticket'),
    h('p', {class: 'lead'}, 'Give what came with it: exported event logs, telnet transcripts, mails, an archive of all. ' +
      'The answer names the knowledge-base article, how sure that is, and the evidence.'),
    zone, errors, list, last));
  recent(last);
  page.ondragover = (e) => { e.preventDefault(); zone.classList.add('over'); };
  page.ondragleave = (e) => { if (!page.contains(e.relatedTarget)) zone.classList.remove('over'); };
  page.ondrop = (e) => { e.preventDefault(); zone.classList.remove('over'); add(dropped(e.dataTransfer)); };
  show();
  return () => { page.ondragover = page.ondragleave = page.ondrop = null; };
}

// recent lists the last runs.
async function recent(el) {
  const a = await get('/api/runs').catch(() => ({runs: []}));
  if (!a.runs.length) return;
  fill(el, h('h2', {class: 'recent'}, 'Last runs'), h('ul', {class: 'runs small'}, a.runs.slice(0, 5).map((r) => h('li', {},
    h('a', {href: '#/run/' + r.id}, r.ticket), h('span', {class: 'meta nowrap'}, clock(r.at)),
    r.rule ? h('span', {class: 'verdict'}, h('span', {class: 'badge ' + r.level}, r.level), ' ', h('b', {}, r.rule), ' ' + percent(r.confidence)) : h('span', {class: 'verdict'}, 'No diagnosis')))));
}

function dropZone(add) {
  const picker = (folder) => h('input', {type: 'file', multiple: true, webkitdirectory: folder, hidden: true, tabIndex: -1, 'aria-hidden': 'true',
    onchange: (e) => { add(chosen(e.target.files)); e.target.value = ''; }});
  const some = picker(false), folder = picker(true);
  some.id = 'somefiles';
  const text = h('textarea', {id: 'pasted', rows: 6, spellcheck: false});
  return h('section', {class: 'drop', 'aria-labelledby': 'droptitle'},
    h('p', {class: 'dropmark', 'aria-hidden': 'true'}, '\u2913'),
    h('h2', {id: 'droptitle'}, 'Drop files, folders or an archive here'),
    h('p', {class: 'pickers'},
      h('button', {type: 'button', onclick: () => some.click()}, 'Choose files'),
      h('button', {type: 'button', onclick: () => folder.click()}, 'Choose a folder'), some, folder),
    h('details', {class: 'paste'}, h('summary', {}, 'Or paste text'),
      h('label', {for: 'pasted'}, 'A transcript, an event, a mail'), text,
      h('button', {type: 'button', onclick: () => { if (text.value.trim()) add(pasted(text.value)); text.value = ''; }}, 'Add the text')));
}

// top is the folder that a file was given in, or the file itself.
function top(f) {
  const end = f.name.indexOf('/');
  return end < 0 ? f.name : f.name.slice(0, end + 1);
}

// guess names the ticket as the server does where nobody names it.
function guess() {
  const name = top(files[0]);
  return name.endsWith('/') ? name.slice(0, -1) : name.replace(/(.)\.[^.]*$/, '$1');
}

// chips shows what was given: folders as one, and not too many of them.
function chips(show) {
  const groups = new Map();
  for (const f of files) {
    if (!groups.has(top(f))) groups.set(top(f), []);
    groups.get(top(f)).push(f);
  }
  const all = [...groups], shown = 12;
  return [all.slice(0, shown).map(([name, list]) => h('li', {},
    h('code', {}, name), ' ', h('small', {}, (name.endsWith('/') ? plural(list.length, 'file') + ', ' : '') + size(list.reduce((n, f) => n + f.file.size, 0))), ' ',
    h('button', {type: 'button', class: 'quiet', 'aria-label': 'Leave out ' + name, onclick: () => { files = files.filter((f) => top(f) !== name); show(); say('Left out ' + name); }}, '\u00d7'))),
  all.length > shown ? h('li', {}, h('small', {}, 'and ' + (all.length - shown) + ' more')) : null];
}

// givenFiles lists what was chosen, and asks what is known about it.
function givenFiles(show, run) {
  const total = files.reduce((n, f) => n + f.file.size, 0);
  const field = (name, label, hint, example) => h('div', {class: 'field'},
    h('label', {for: 'f-' + name}, label, h('small', {}, ' ' + hint)),
    h('input', {id: 'f-' + name, value: stated[name], placeholder: example, maxlength: '200', autocomplete: 'off',
      oninput: (e) => { stated[name] = e.target.value; }}));
  return h('form', {onsubmit: (e) => { e.preventDefault(); run(); }},
    h('h2', {}, plural(files.length, 'file') + ', ' + size(total)),
    h('ul', {class: 'files'}, chips(show)),
    h('div', {class: 'fields'},
      field('ticket', 'Ticket', 'as you call it', guess()),
      field('product', 'Product', 'if you know', 'Exchange Server 5.5'),
      field('at', 'Time of the trouble', 'if you know', '1999-03-12 09:30')),
    h('p', {}, h('button', {type: 'submit', class: 'primary'}, 'Diagnose'), ' ',
      h('button', {type: 'button', onclick: () => { files = []; show(); say('No files chosen'); }}, 'Start over')));
}

// run gives the files to the server, and shows how far it is.
function run(page, go) {
  const form = new FormData();
  for (const [name, value] of Object.entries(stated)) if (value.trim()) form.append(name, value.trim());
  for (const f of files) form.append('file', f.file, f.name);
  const stop = new AbortController();
  const progress = bar();
  const box = h('section', {class: 'working', 'aria-labelledby': 'workingtitle'},
    h('h1', {id: 'workingtitle', tabIndex: -1}, 'Diagnosing ' + (stated.ticket.trim() || guess())),
    progress.el,
    h('p', {}, h('button', {type: 'button', onclick: () => stop.abort()}, 'Stop')));
  job = {box, stop};
  page.ondragover = page.ondragleave = page.ondrop = null;
  fill(page, h('div', {class: 'wrap'}, box));
  box.querySelector('h1').focus();
  work('/api/tickets', form, {sent: progress.sent, step: progress.step, signal: stop.signal}).then((done) => {
    job = null;
    files = [];
    stated = {ticket: '', product: stated.product, at: ''};
    say('The report is ready');
    if (box.isConnected) go('#/run/' + done.run);
  }, (e) => {
    job = null;
    const shown = box.isConnected;
    if (!shown) return say(e.message);
    startView(page, go);
    if (e.name !== 'AbortError') page.querySelector('.given').before(problem(e.message));
    else say('Stopped');
  });
}
