// Files as the browser gives them, each with the folders that it lies in.

export async function chosen(list) {
  return Array.from(list, (file) => ({name: file.webkitRelativePath || file.name, file}));
}

export async function pasted(text) {
  const time = new Date().toTimeString().slice(0, 8).replace(/:/g, '');
  return [{name: 'pasted-' + time + '.txt', file: new File([text], 'pasted.txt', {type: 'text/plain'})}];
}

// dropped gives all files of what was dropped. The list is taken at once: the
// browser forgets it when the drop is over.
export async function dropped(data) {
  const entries = Array.from(data.items || []).map((i) => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return chosen(data.files);
  const out = [];
  for (const e of entries) await walk(e, '', out);
  return out;
}

async function walk(entry, folder, out) {
  if (entry.isFile) {
    const file = await new Promise((ok, bad) => entry.file(ok, bad)).catch(() => null);
    if (file) out.push({name: folder + entry.name, file});
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a folder is read in pieces
    const some = await new Promise((ok, bad) => reader.readEntries(ok, bad)).catch(() => []);
    if (!some.length) return;
    for (const e of some) await walk(e, folder + entry.name + '/', out);
  }
}
