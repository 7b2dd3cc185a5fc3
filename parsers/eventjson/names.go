package eventjson

import "strings"

// place is where in a document a name stands; the root is 0.
type place uint8

// entry is what a name means at its place.
type entry struct {
	field     field
	rank      uint8
	weak      bool
	container bool
	place     place // of the members, where it is a container
}

// table has the names of every place.
type table struct {
	names  []map[string]entry
	places map[string]place
	// lengths has for the root and each first letter the lengths of its names,
	// as a set of bits: most names of values need no look-up.
	lengths [256]uint64

	winlog, system, security, data, wazuh place
}

var names = makeTable()

func makeTable() *table {
	t := &table{places: map[string]place{}}
	t.place("")
	for _, a := range aliases {
		dir, name := splitPath(a.path)
		t.set(dir, name, func(e *entry) { e.field, e.rank, e.weak = a.field, a.rank, a.weak })
	}
	for _, c := range containers {
		dir, name := splitPath(c.path)
		p := t.place(c.as)
		t.set(dir, name, func(e *entry) { e.container, e.place = true, p })
	}
	for _, name := range strings.Split(metaNames, "|") {
		t.set("", name, func(e *entry) {
			if e.field == fNothing {
				e.field = fMeta
			}
		})
	}
	for _, who := range []string{"name", "domain", "identifier"} {
		f := map[string]field{"name": fUser, "domain": fDomain, "identifier": fSID}[who]
		t.set("olduser", who, func(e *entry) { e.field = f })
	}
	t.security = t.place("system.security")
	t.winlog, t.system, t.data, t.wazuh = t.place("winlog"), t.place("system"), t.place("data"), t.place("wazuh")
	for name := range t.names[0] {
		t.lengths[name[0]] |= 1 << min(len(name), 63)
	}
	return t
}

func splitPath(path string) (dir, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// place gives the number of a path, a new one if it is new.
func (t *table) place(path string) place {
	if p, ok := t.places[path]; ok {
		return p
	}
	p := place(len(t.names))
	t.places[path] = p
	t.names = append(t.names, map[string]entry{})
	return p
}

func (t *table) set(dir, name string, change func(*entry)) {
	m := t.names[t.place(dir)]
	e := m[name]
	change(&e)
	m[name] = e
}

// maxName is longer than any name of the table.
const maxName = 48

// foldName writes a name in lower case and without marks. A leading "_" stays.
func foldName(buf *[maxName]byte, name string) []byte {
	n := 0
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c == '_' && i > 0, c == '-', c == '@', c == '#', c == '$':
			continue
		}
		if n == maxName {
			return nil
		}
		buf[n] = c
		n++
	}
	return buf[:n]
}

// look gives what a name means at a place.
func (t *table) look(p place, name string) (entry, bool) {
	var buf [maxName]byte
	switch name {
	case "$":
		name = "attributes"
	case "_":
		name = "text"
	}
	if p == 0 && len(name) > 0 && t.lengths[foldByte(name)] == 0 {
		return entry{}, false
	}
	key := foldName(&buf, name)
	if len(key) == 0 {
		return entry{}, false
	}
	if p == 0 && t.lengths[key[0]]>>min(len(key), 63)&1 == 0 && key[0] != '_' {
		return entry{}, false
	}
	e, ok := t.names[p][string(key)]
	if !ok && key[0] == '_' {
		e, ok = t.names[p][string(key[1:])]
	}
	return e, ok
}

// lookDotted looks up a name with dots in it, such as "winlog.event_id": the
// name of an object and of its member in one. rest is the part that is a name
// of the event's own values, where the object holds these.
func (t *table) lookDotted(p place, name string) (e entry, rest string, ok bool) {
	for range maxDots {
		dot := strings.IndexByte(name, '.')
		if dot <= 0 {
			return entry{}, "", false
		}
		head, found := t.look(p, name[:dot])
		if !found {
			return entry{}, "", false
		}
		name = name[dot+1:]
		if head.field == fData || head.field == fUserData {
			return head, name, true
		}
		if !head.container {
			return entry{}, "", false
		}
		p = head.place
		if e, ok = t.look(p, name); ok {
			return e, "", true
		}
	}
	return entry{}, "", false
}

const maxDots = 6

// foldByte gives the first letter of a folded name, '_' where that is not
// clear.
func foldByte(name string) byte {
	c := name[0]
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	if c >= 'a' && c <= 'z' {
		return c
	}
	return '_'
}
