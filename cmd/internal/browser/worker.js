// Runs the program on files that the page was given. The program reads them as
// it reads files of a disk; the disk is made here, of the page's files, read in
// slices, and of memory for what the program writes.
'use strict';

const WINDOW = 1 << 20; // bytes that are read of a file at once
const modes = {dir: 0o040755, file: 0o100644};
const failure = (code) => Object.assign(new Error(code), {code});
const reader = typeof FileReaderSync === 'undefined' ? null : new FileReaderSync();

// resolve gives a path from the root on, without dots.
function resolve(path) {
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return '/' + parts.join('/');
}

// Disk is a tree of folders, files of the page and files in memory.
class Disk {
  constructor(onRead, onPrint) {
    this.nodes = new Map();
    this.handles = new Map();
    this.onRead = onRead;
    this.onPrint = onPrint;
    this.folder('/');
    this.folder('/tmp');
    this.folder('/out');
  }

  put(path, node) {
    node.ino = this.nodes.size + 1;
    this.nodes.set(path, node);
    const cut = path.lastIndexOf('/');
    const parent = cut > 0 ? path.slice(0, cut) : '/';
    if (path !== '/') this.folder(parent).names.add(path.slice(cut + 1));
    return node;
  }

  folder(path) {
    return this.nodes.get(path) || this.put(path, {names: new Set()});
  }

  // add takes a file of the page.
  add(path, file) { this.put(resolve(path), {file, size: file.size}); }

  node(path) {
    const node = this.nodes.get(resolve(path));
    if (!node) throw failure('ENOENT');
    return node;
  }

  handle(fd) {
    const h = this.handles.get(fd);
    if (!h) throw failure('EBADF');
    return h;
  }

  open(path, flags) {
    const full = resolve(path), c = this.constants;
    let node = this.nodes.get(full);
    if (node && flags & c.O_CREAT && flags & c.O_EXCL) throw failure('EEXIST');
    if (!node && !(flags & c.O_CREAT)) throw failure('ENOENT');
    if (!node) node = this.put(full, {bytes: new Uint8Array(0), size: 0});
    if (flags & c.O_DIRECTORY && !node.names) throw failure('ENOTDIR');
    if (flags & (c.O_WRONLY | c.O_RDWR) && !node.bytes) throw failure('EROFS');
    if (flags & c.O_TRUNC && node.bytes) node.size = 0;
    let fd = 3;
    while (this.handles.has(fd)) fd++;
    this.handles.set(fd, {node, at: 0, start: 0, held: null});
    return fd;
  }

  close(fd) { this.handles.delete(fd); }

  read(fd, into, offset, length, position) {
    if (fd === 0) return 0;
    const h = this.handle(fd);
    if (h.node.names) throw failure('EISDIR');
    const from = position === null ? h.at : position;
    const n = Math.max(0, Math.min(length, h.node.size - from));
    if (n > 0) into.set(h.node.bytes ? h.node.bytes.subarray(from, from + n) : this.slice(h, from, n), offset);
    if (position === null) h.at += n;
    if (h.node.file) this.onRead(h.node, n);
    return n;
  }

  // slice gives n bytes of a file of the page, from what is held of it if they
  // are there.
  slice(h, from, n) {
    if (!h.held || from < h.start || from + n > h.start + h.held.length) {
      try {
        h.held = new Uint8Array(reader.readAsArrayBuffer(h.node.file.slice(from, from + Math.max(n, WINDOW))));
      } catch {
        throw failure('EIO'); // gone or changed since it was dropped
      }
      h.start = from;
      if (h.held.length < n) throw failure('EIO');
    }
    return h.held.subarray(from - h.start, from - h.start + n);
  }

  write(fd, from, offset, length, position) {
    if (fd === 1 || fd === 2) return this.print(fd, from.subarray(offset, offset + length));
    const h = this.handle(fd), node = h.node;
    if (!node.bytes) throw failure('EROFS');
    const at = position === null ? h.at : position, end = at + length;
    if (end > node.bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * node.bytes.length, 1 << 12));
      grown.set(node.bytes.subarray(0, node.size));
      node.bytes = grown;
    }
    node.bytes.set(from.subarray(offset, offset + length), at);
    node.size = Math.max(node.size, end);
    if (position === null) h.at = end;
    return length;
  }

  print(fd, bytes) {
    this.onPrint(fd, bytes.slice());
    return bytes.length;
  }

  stat(path) { return this.describe(this.node(path)); }
  lstat(path) { return this.stat(path); }
  fstat(fd) { return fd < 3 ? this.describe({size: 0, ino: 0}) : this.describe(this.handle(fd).node); }

  describe(node) {
    return {
      dev: 0, ino: node.ino, mode: node.names ? modes.dir : modes.file, nlink: 1, uid: 0, gid: 0, rdev: 0, size: node.size || 0,
      blksize: 4096, blocks: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => Boolean(node.names),
    };
  }

  readdir(path) {
    const node = this.node(path);
    if (!node.names) throw failure('ENOTDIR');
    return [...node.names];
  }

  mkdir(path) {
    if (this.nodes.has(resolve(path))) throw failure('EEXIST');
    this.folder(resolve(path));
  }

  unlink(path) {
    const full = resolve(path), node = this.node(path);
    if (!node.bytes) throw failure('EPERM');
    this.nodes.delete(full);
    const cut = full.lastIndexOf('/');
    this.nodes.get(full.slice(0, cut) || '/').names.delete(full.slice(cut + 1));
  }

  ftruncate(fd, length) {
    const node = this.handle(fd).node;
    if (length < node.size) node.size = length;
  }

  // text gives what the program wrote to a file, "" if nothing.
  text(path) {
    const node = this.nodes.get(path);
    return node ? new TextDecoder().decode(node.bytes.subarray(0, node.size)) : '';
  }
}
Disk.prototype.constants = {O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536};

// offer gives a disk to the program in the form that Go's runtime asks for:
// functions of Node.js, which call back.
function offer(disk) {
  const fs = {constants: disk.constants, writeSync: (fd, bytes) => disk.write(fd, bytes, 0, bytes.length, null)};
  for (const name of ['open', 'close', 'read', 'write', 'stat', 'lstat', 'fstat', 'readdir', 'mkdir', 'unlink', 'ftruncate']) {
    fs[name] = (...args) => {
      const done = args.pop();
      let value, err = null;
      try {
        value = disk[name](...args);
      } catch (e) {
        if (!e.code) throw e;
        err = e;
      }
      done(err, value);
    };
  }
  fs.fsync = (_, done) => done(null);
  for (const name of ['chmod', 'chown', 'fchmod', 'fchown', 'lchown', 'link', 'readlink', 'rename', 'rmdir', 'symlink', 'truncate', 'utimes']) {
    fs[name] = (...args) => args.pop()(failure('ENOSYS'));
  }
  globalThis.fs = fs;
}

globalThis.path = {resolve};
globalThis.process = {
  pid: 1, ppid: 1, cwd: () => '/', umask: () => 0, getuid: () => -1, getgid: () => -1, geteuid: () => -1, getegid: () => -1, getgroups: () => [],
  chdir: () => { throw failure('ENOSYS'); },
};
offer(new Disk(() => {}, () => {})); // Go's support reads it once, before any run

// unpack makes the program of its packed form.
async function unpack(text) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compileStreaming(new Response(plain, {headers: {'Content-Type': 'application/wasm'}}));
}

// run runs the program once. It tells how far reading is at most ten times a
// second.
async function run(module, args, files, out) {
  const total = files.reduce((sum, f) => sum + f.file.size, 0);
  const printed = ['', '', ''], decoders = [null, new TextDecoder(), new TextDecoder()];
  let read = 0, told = 0;
  const disk = new Disk((node, n) => {
    node.read = node.read || 0;
    const more = Math.min(n, node.size - node.read); // files are read more than once
    node.read += more;
    read += more;
    if (performance.now() - told < 100) return;
    told = performance.now();
    postMessage({progress: {read, total, name: node.name}});
  }, (fd, bytes) => { printed[fd] += decoders[fd].decode(bytes, {stream: true}); });
  for (const f of files) {
    disk.add(f.path, f.file);
    disk.node(f.path).name = f.path;
  }
  offer(disk);
  const go = new Go();
  go.argv = ['kbdiag', ...args];
  let status = 0;
  go.exit = (code) => { status = code; };
  const started = performance.now();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  await go.run(instance);
  const written = {};
  for (const name of out) written[name] = disk.text('/out/' + name);
  return {status, printed: printed[1], errors: printed[2], written, ms: performance.now() - started, memory: instance.exports.mem.buffer.byteLength};
}

onmessage = async ({data}) => {
  try {
    if (data.packed) postMessage({module: await unpack(data.packed)});
    else postMessage({done: await run(data.module, data.args, data.files, data.out)});
  } catch (e) {
    postMessage({failed: String(e && e.message || e)});
  }
};
