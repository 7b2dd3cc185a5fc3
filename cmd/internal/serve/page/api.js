// What the page asks its server.

const ended = 'kbdiag serve does not answer: it has ended. Start it again and open the address that it prints.';

async function answer(response) {
  const value = await response.json().catch(() => ({error: ended}));
  if (!response.ok) throw new Error(value.error || ended);
  return value;
}

function ask(path, options) {
  return fetch(path, {credentials: 'same-origin', ...options}).catch((e) => {
    if (e.name === 'AbortError') throw e;
    throw new Error(ended);
  }).then(answer);
}

export const get = (path, signal) => ask(path, {signal});
export const remove = (path) => ask(path, {method: 'DELETE'});
export const post = (path, value, signal) => ask(path, {
  method: 'POST', signal, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(value),
});

// work asks for something that takes a while. The server answers with lines of
// progress, then with the result or what went wrong. sent is told how much of
// the request has gone; step each line of progress.
export function work(path, body, {sent, step, signal} = {}) {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    let read = 0, over = false;
    const end = (f, v) => { if (!over) { over = true; f(v); } };
    const lines = () => {
      for (;;) {
        const stop = x.responseText.indexOf('\n', read);
        if (stop < 0) return;
        const line = JSON.parse(x.responseText.slice(read, stop));
        read = stop + 1;
        if (line.error) end(reject, new Error(line.error));
        else if ('done' in line) end(resolve, line.done);
        else if (step) step(line);
      }
    };
    x.open('POST', path);
    if (sent) x.upload.onprogress = (e) => sent(e.loaded, e.total);
    if (sent) x.upload.onload = (e) => sent(e.total, e.total);
    x.onprogress = lines;
    x.onload = () => { lines(); end(reject, new Error(ended)); };
    x.onerror = () => end(reject, new Error(sent ? 'The files were not taken. ' + ended : ended));
    x.onabort = () => end(reject, new DOMException('ended', 'AbortError'));
    if (signal) signal.addEventListener('abort', () => x.abort());
    if (body instanceof FormData) x.send(body);
    else { x.setRequestHeader('Content-Type', 'application/json'); x.send(JSON.stringify(body)); }
  });
}
