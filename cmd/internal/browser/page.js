(function () {
'use strict';
const $ = (id) => document.getElementById(id);
const formats = [
  ['html', 'Web page', 'text/html', 'html'], ['json', 'JSON', 'application/json', 'json'], ['text', 'Text', 'text/plain', 'txt'],
  ['md', 'Markdown', 'text/markdown', 'md'], ['reply', 'Mail to the customer', 'text/plain', 'mail.txt'], ['csv', 'Evidence as CSV', 'text/csv', 'csv'],
  ['sarif', 'SARIF', 'application/json', 'sarif'], ['junit', 'JUnit', 'application/xml', 'junit.xml'],
];
let given = []; // {path, file}: what is to be read
let worker = null, busy = null; // busy: the run that goes on
let savedURLs = [];

// The program is unpacked while the user still chooses files.
const source = URL.createObjectURL(new Blob([$('worker').textContent], {type: 'text/javascript'}));
const packed = $('program').textContent;
$('program').remove();
$('worker').remove();
const ready = new Promise((resolve, reject) => {
  if (typeof DecompressionStream === 'undefined' || typeof WebAssembly === 'undefined') {
    reject(new Error('This browser is too old for this page: it needs WebAssembly and DecompressionStream.'));
    return;
  }
  start((m) => m.module ? resolve(m.module) : reject(new Error('The program could not be loaded: ' + m.failed)));
  worker.postMessage({packed});
});
ready.catch(say);

function start(listen) {
  worker = new Worker(source);
  worker.onmessage = (e) => listen(e.data);
  worker.onerror = (e) => listen({failed: e.message || 'the program ended'});
}

function say(e) { $('say').textContent = e.message; $('say').hidden = false; }
function show(part) {
  for (const id of ['start', 'work', 'result']) $(id).hidden = id !== part;
  document.body.classList.toggle('reading', part === 'result');
  $('say').hidden = true;
}

function size(n) {
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (n < 1000 || unit === 'GB') return (n < 10 && unit !== 'B' ? n.toFixed(1) : Math.round(n)) + ' ' + unit;
    n /= 1000;
  }
}

// Files.

// add takes a file, under a name that no other has.
function add(path, file) {
  path = path.replace(/^\/+/, '').replace(/^-$/, '_');
  if (given.some((g) => g.path === path && g.file.size === file.size && g.file.lastModified === file.lastModified)) return; // given again
  const cut = path.lastIndexOf('.') > path.lastIndexOf('/') + 1 ? path.lastIndexOf('.') : path.length;
  let name = path;
  for (let n = 2; given.some((g) => g.path === name); n++) name = path.slice(0, cut) + ' (' + n + ')' + path.slice(cut);
  given.push({path: name, file});
}

// roots are what was dropped: files, and the folders that hold the others.
function roots() { return [...new Set(given.map((g) => g.path.split('/')[0]))]; }

// walk takes all files of a dropped folder, in the way of today's standard and in
// the old one. Chromium reads no folders in the old way for a page on a disk.
async function walk(folder, path) {
  for await (const h of folder.values()) {
    if (h.kind === 'file') add(path + h.name, await h.getFile());
    else await walk(h, path + h.name + '/');
  }
}

async function walkOld(entry, path) {
  if (entry.isFile) {
    add(path + entry.name, await new Promise((ok, no) => entry.file(ok, no)));
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a folder is told in parts
    const some = await new Promise((ok, no) => reader.readEntries(ok, no));
    if (!some.length) return;
    for (const e of some) await walkOld(e, path + entry.name + '/');
  }
}

async function dropped(data) {
  // What was dropped may be asked for at once only.
  const all = [...data.items].filter((i) => i.kind === 'file').map((i) => ({
    file: i.getAsFile(), entry: i.webkitGetAsEntry && i.webkitGetAsEntry(), handle: i.getAsFileSystemHandle && i.getAsFileSystemHandle(),
  }));
  let lost = null;
  for (const d of all) {
    try {
      const handle = await d.handle;
      if (handle && handle.kind === 'directory') await walk(handle, handle.name + '/');
      else if (d.entry && d.entry.isDirectory) await walkOld(d.entry, '');
      else if (d.file) add(d.file.name, d.file);
    } catch (err) {
      lost = new Error((d.entry || d.file).name + ' could not be read (' + err.message + '). Choose it with the buttons instead.');
    }
  }
  list();
  if (lost) say(lost); else $('say').hidden = true;
}

function list() {
  const ul = $('given');
  ul.textContent = '';
  for (const root of roots()) {
    const of = given.filter((g) => g.path.split('/')[0] === root);
    const bytes = of.reduce((n, g) => n + g.file.size, 0);
    const li = document.createElement('li');
    li.append(root + (of[0].path === root ? '' : ', ' + of.length + (of.length === 1 ? ' file' : ' files')) + ', ' + size(bytes) + ' ');
    const b = document.createElement('button');
    b.type = 'button'; b.className = 'quiet'; b.textContent = 'Remove';
    b.setAttribute('aria-label', 'Remove ' + root);
    b.addEventListener('click', () => { given = given.filter((g) => g.path.split('/')[0] !== root); list(); });
    li.append(b);
    ul.append(li);
  }
  $('ticket').hidden = !given.length;
  $('status').textContent = given.length ? given.length + ' files are ready to be read' : '';
  if (given.length) $('go').focus();
}

const drop = $('drop');
for (const name of ['dragenter', 'dragover']) addEventListener(name, (e) => { e.preventDefault(); drop.classList.add('over'); });
for (const name of ['dragleave', 'drop']) addEventListener(name, (e) => { e.preventDefault(); drop.classList.remove('over'); });
addEventListener('drop', (e) => { if (!$('start').hidden) dropped(e.dataTransfer); });
$('pickfiles').addEventListener('click', () => $('files').click());
$('pickfolder').addEventListener('click', () => $('folder').click());
for (const id of ['files', 'folder']) {
  $(id).addEventListener('change', (e) => {
    for (const f of e.target.files) add(f.webkitRelativePath || f.name, f);
    e.target.value = '';
    list();
  });
}
$('addtext').addEventListener('click', () => {
  const text = $('text').value;
  if (!text.trim()) return;
  add('pasted.txt', new File([text], 'pasted.txt'));
  $('text').value = '';
  list();
});
$('empty').addEventListener('click', () => { given = []; list(); $('pickfiles').focus(); });

// Runs.

// run runs the program with arguments; out names the files to be fetched.
async function run(args, out, title) {
  show('work');
  $('workhead').textContent = title;
  $('figures').textContent = 'Loading the program';
  $('bar').removeAttribute('value');
  $('workhead').focus();
  const module = await ready;
  return new Promise((resolve, reject) => {
    busy = reject;
    start((m) => {
      if (m.progress) return progress(m.progress);
      worker.terminate();
      busy = null;
      if (m.done) resolve(m.done); else reject(new Error('The program ended: ' + m.failed));
    });
    $('figures').textContent = 'Making the rules ready';
    worker.postMessage({module, args, out, files: given});
  });
}

function progress(p) {
  $('bar').value = p.total ? p.read / p.total : 1;
  $('figures').textContent = p.read >= p.total ? 'All ' + size(p.total) + ' are read, working out the answer' : size(p.read) + ' of ' + size(p.total) + ', ' + p.name;
}

$('cancel').addEventListener('click', () => {
  worker.terminate();
  if (busy) busy(null);
  busy = null;
});

function stated() {
  const args = [];
  for (const id of ['product', 'at']) if ($(id).value.trim()) args.push('--' + id + '=' + $(id).value.trim());
  return args;
}

// plain gives what the program said as a sentence.
function plain(errors, status) {
  const text = errors.trim().replace(/^kbdiag: /gm, '').replace(/\nSee kbdiag --help\.$/, '').replace(/: see kbdiag .*$/, '');
  if (/out of memory/.test(text)) return 'The files are too large for this browser. Give fewer of them, or use the program itself.';
  return text || 'The program ended with status ' + status + '.';
}

$('ticket').addEventListener('submit', async (e) => {
  e.preventDefault();
  const args = ['diagnose', '--format=json', '--output=/out/json'];
  for (const [name] of formats) if (name !== 'json') args.push('--also=' + name + '=/out/' + name);
  try {
    const done = await run([...args, ...stated(), '--', ...roots()], formats.map((f) => f[0]), 'Reading');
    if (!done.written.html || !done.written.json) throw new Error(plain(done.errors, done.status));
    present(done);
  } catch (err) {
    show('start');
    if (err) say(err); else $('status').textContent = 'Cancelled';
    $('go').focus();
  }
});

function present(done) {
  const report = JSON.parse(done.written.json), first = report.diagnoses[0];
  const text = first ? first.rule + ', ' + first.level + ', ' + Math.round(100 * first.confidence) + '%' : 'No diagnosis';
  $('verdict').textContent = text;
  document.title = text + ' - kbdiag';
  const seconds = done.ms / 1000;
  $('foot').firstElementChild.dataset.ms = Math.round(done.ms);
  $('foot').firstElementChild.dataset.memory = done.memory;
  $('status').textContent = 'Read in ' + seconds.toFixed(1) + ' seconds. ' + text;
  saves(done.written);
  $('rules').replaceChildren(...report.diagnoses.slice(1).map((d) => new Option(d.title, d.rule)));
  const frame = document.createElement('iframe');
  frame.title = 'Report';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.allow = 'clipboard-write';
  frame.src = $('saves').querySelector('[data-format=html]').href; // links inside a srcdoc would lead out of it
  $('frame').replaceChildren(frame);
  $('answer').hidden = true;
  $('frame').hidden = false;
  show('result');
  $('verdict').focus();
}

function saves(written) {
  savedURLs.forEach((u) => URL.revokeObjectURL(u));
  savedURLs = [];
  $('saves').textContent = '';
  for (const [name, words, type, ending] of formats) {
    const a = document.createElement('a'), li = document.createElement('li');
    a.href = URL.createObjectURL(new Blob([written[name]], {type: type + ';charset=utf-8'}));
    savedURLs.push(a.href);
    a.download = 'kbdiag-report.' + ending;
    a.textContent = words;
    a.dataset.format = name;
    li.append(a);
    $('saves').append(li);
  }
}

$('whyform').addEventListener('submit', async (e) => {
  e.preventDefault();
  const rule = $('rule').value.trim(), args = ['explain', ...stated(), '--', rule, ...roots()];
  $('why').open = false;
  let done;
  try {
    done = await run(args, [], 'Looking at ' + rule);
  } catch (err) {
    show('result');
    if (err) say(err);
    return;
  }
  show('result');
  $('answerhead').textContent = 'Why not ' + rule + '?';
  $('answertext').textContent = done.printed || plain(done.errors, done.status);
  $('answer').hidden = false;
  $('frame').hidden = true;
  $('answerhead').focus();
});
$('closeanswer').addEventListener('click', () => { $('answer').hidden = true; $('frame').hidden = false; $('verdict').focus(); });
$('again').addEventListener('click', () => { show('start'); document.title = 'kbdiag'; list(); });
addEventListener('keydown', (e) => {
  if (e.key === 'Escape') for (const m of document.querySelectorAll('.menu[open]')) { m.open = false; m.querySelector('summary').focus(); }
});
addEventListener('click', (e) => { for (const m of document.querySelectorAll('.menu[open]')) if (!m.contains(e.target)) m.open = false; });

show('start');
})();
