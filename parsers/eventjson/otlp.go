package eventjson

import "strings"

// The OpenTelemetry protocol writes maps and lists in JSON as objects that say
// of what type each value is [OTLP, AnyValue]:
//
//	{"kvlistValue":{"values":[{"key":"channel","value":{"stringValue":"System"}}]}}

// otlpBody gives the body of a log record of OTLP as plain JSON, "" if the
// object at node at is none with a map in it.
func otlpBody(d *doc, at int32) string {
	body := childNamed(d, at, "body")
	if body == 0 || childNamed(d, body, "kvlistValue") == 0 {
		return ""
	}
	var b strings.Builder
	writeOTLP(&b, d, body, 0)
	return b.String()
}

// childNamed gives the node of a member that is an object or array, 0 if there
// is none of that name.
func childNamed(d *doc, at int32, name string) int32 {
	if d.nodes[at].kind != isObject {
		return 0
	}
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		if n := &d.nodes[i]; n.kind >= isObject && d.rawKey(n) == name {
			return i
		}
	}
	return 0
}

// writeOTLP writes the AnyValue at node at.
func writeOTLP(b *strings.Builder, d *doc, at int32, depth int) {
	i := at + 1
	if d.nodes[at].kind != isObject || i >= d.nodes[at].next || depth > maxWalk {
		b.WriteString("null")
		return
	}
	n := &d.nodes[i]
	switch {
	case n.kind == isString:
		b.WriteByte('"')
		b.WriteString(d.raw(n))
		b.WriteByte('"')
	case n.kind < isObject:
		b.WriteString(d.raw(n))
	default:
		writeOTLPList(b, d, i, d.rawKey(n) == "kvlistValue", depth+1)
	}
}

// writeOTLPList writes the values of a map or a list, the object at node at.
func writeOTLPList(b *strings.Builder, d *doc, at int32, pairs bool, depth int) {
	open, shut := byte('['), byte(']')
	if pairs {
		open, shut = '{', '}'
	}
	b.WriteByte(open)
	if list := childNamed(d, at, "values"); list != 0 {
		for i := list + 1; i < d.nodes[list].next; i = d.nodes[i].next {
			if i > list+1 {
				b.WriteByte(',')
			}
			if pairs {
				writeOTLPPair(b, d, i, depth)
			} else {
				writeOTLP(b, d, i, depth)
			}
		}
	}
	b.WriteByte(shut)
}

func writeOTLPPair(b *strings.Builder, d *doc, at int32, depth int) {
	key := ""
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		if n := &d.nodes[i]; n.kind == isString && d.rawKey(n) == "key" {
			key = d.raw(n)
		}
	}
	b.WriteByte('"')
	b.WriteString(key)
	b.WriteString(`":`)
	if v := childNamed(d, at, "value"); v != 0 {
		writeOTLP(b, d, v, depth)
		return
	}
	b.WriteString("null")
}
