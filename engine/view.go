package engine

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// knowledge is how much of a field is known.
type knowledge uint8

const (
	nothing knowledge = iota // the form does not carry it
	part                     // what is there proves, what is not there proves nothing
	whole
)

// fieldID numbers the fields of all kinds of records.
type fieldID uint8

const (
	fProvider fieldID = iota
	fID
	fQualifiers
	fLog
	fLevel
	fCategory
	fUser
	fHost
	fMessage
	fStrings
	fData
	fCodes
	fProtocol
	fServer
	fPort
	fProduct
	fVersion
	fCommand
	fArgs
	fStatus
	fCode
	fResponseCode
	fEnhanced
	fText
	fOK
	fInferred
	fStage
	fConnect
	fGreeted
	fGreeting
	fBanner
	fAuthenticated
	fFailedStage
	fOutcome
	fClosedBy
	fEcho
	fExchanges
	fUnanswered
	fUnansweredCommand
	fUnsolicited
	fPath
	fieldCount
)

var fieldIDs = map[string]fieldID{
	"provider": fProvider, "id": fID, "qualifiers": fQualifiers, "log": fLog, "level": fLevel,
	"category": fCategory, "user": fUser, "host": fHost, "message": fMessage, "strings": fStrings,
	"data": fData, "codes": fCodes, "protocol": fProtocol, "server": fServer, "port": fPort,
	"product": fProduct, "version": fVersion, "command": fCommand, "args": fArgs, "status": fStatus,
	"code": fCode, "response_code": fResponseCode, "enhanced": fEnhanced, "text": fText, "ok": fOK,
	"inferred": fInferred, "stage": fStage, "connect": fConnect, "greeted": fGreeted,
	"greeting": fGreeting, "banner": fBanner, "authenticated": fAuthenticated,
	"failed_stage": fFailedStage, "outcome": fOutcome, "closed_by": fClosedBy, "echo": fEcho,
	"exchanges": fExchanges, "unanswered": fUnanswered, "unanswered_command": fUnansweredCommand,
	"unsolicited": fUnsolicited, "path": fPath,
}

// view shows one record to conditions. Text is folded to lower case, each
// field at most once a record.
type view struct {
	kind     rules.Kind
	event    *parsers.Event
	session  *parsers.Session
	exchange *parsers.Exchange
	line     *parsers.Line

	folded   [fieldCount]string
	isFolded [fieldCount]bool
	folders  [fieldCount]folder
	values   [2]folder
	turn     int
	elem     folder // of the element that # stands for
	rest     folder // insertion strings that stand for a lost message
	restOf   *parsers.Event
	split    messageWords // of the main text
	isSplit  bool
	codes    []string
	hasCodes bool
	provider string // folded, where the worker knows it already
	cost     int64  // steps of the evaluation at work
	costly   bool   // it was ended for its cost
}

func (v *view) reset(kind rules.Kind) {
	v.kind = kind
	v.event, v.session, v.exchange, v.line = nil, nil, nil, nil
	v.isFolded = [fieldCount]bool{}
	v.restOf = nil
	v.hasCodes, v.isSplit = false, false
	v.provider = ""
}

// mainField is the field of the record's own text.
func (v *view) mainField() fieldID {
	if v.event != nil {
		return fMessage
	}
	return fText
}

// splitText makes the words of the record's own text ready, once.
func (v *view) splitText(raw string) {
	if !v.isSplit {
		v.isSplit = true
		v.split.split(raw)
	}
}

// text gives a text field in lower case.
func (v *view) text(f fieldID) (string, knowledge) {
	raw, k := v.raw(f)
	if k == nothing {
		return "", nothing
	}
	if !v.isFolded[f] {
		v.isFolded[f] = true
		v.folded[f] = v.fold(f, raw)
	}
	return v.folded[f], k
}

func (v *view) fold(f fieldID, raw string) string {
	if f != fProvider {
		return v.folders[f].lower(raw)
	}
	if v.provider != "" {
		return v.provider
	}
	return foldProvider(raw)
}

// raw gives a text field as it is.
func (v *view) raw(f fieldID) (string, knowledge) {
	switch {
	case v.event != nil:
		if f == fMessage {
			return v.message()
		}
		return rawOfEvent(v.event, f)
	case v.exchange != nil:
		return rawOfExchange(v.session, v.exchange, f)
	case v.session != nil:
		return rawOfSession(v.session, f)
	case v.line != nil:
		switch f {
		case fPath:
			return v.line.Pos.Path, whole
		case fText:
			return v.line.Text, whole
		}
	}
	return "", nothing
}

func rawOfEvent(e *parsers.Event, f fieldID) (string, knowledge) {
	switch f {
	case fProvider:
		return e.Provider, carried(e, parsers.FieldProvider)
	case fLog:
		return e.Log, carried(e, parsers.FieldLog)
	case fLevel:
		return e.Level.String(), carried(e, parsers.FieldLevel)
	case fCategory:
		return e.Category, carried(e, parsers.FieldCategory)
	case fUser:
		return e.User, carried(e, parsers.FieldUser)
	case fHost:
		return e.Host, carried(e, parsers.FieldHost)
	}
	return "", nothing
}

// message gives the rendered text. Where that is lost, the insertion strings
// and named values stand for it: what is found in them proves, what is not
// found proves nothing. The same goes for a text that the form cut. The text is
// valid as long as the record is in view.
func (v *view) message() (string, knowledge) {
	e := v.event
	k := messageKnown(e)
	if k == nothing || rendered(e) {
		return e.Message, k
	}
	if v.restOf != e {
		v.restOf = e
		if len(e.Strings) > 0 {
			v.rest.join(len(e.Strings), func(i int) string { return e.Strings[i] })
		} else {
			v.rest.join(len(e.Data), func(i int) string { return e.Data[i].Value })
		}
	}
	return v.rest.text(), k
}

// rendered reports whether the event's message is its own text.
func rendered(e *parsers.Event) bool {
	return e.Has(parsers.FieldMessage) && (e.Message != "" || len(e.Strings) == 0 && len(e.Data) == 0)
}

// messageKnown tells how much of the message is known.
func messageKnown(e *parsers.Event) knowledge {
	switch {
	case rendered(e) && !e.Truncated:
		return whole
	case rendered(e), len(e.Strings) > 0, len(e.Data) > 0:
		return part
	}
	return nothing
}

func carried(e *parsers.Event, f parsers.Field) knowledge {
	if e.Has(f) {
		return whole
	}
	return nothing
}

func rawOfExchange(s *parsers.Session, x *parsers.Exchange, f fieldID) (string, knowledge) {
	switch f {
	case fCommand:
		return x.Verb, whole
	case fArgs:
		if x.Inferred {
			return x.Args, part
		}
		return x.Args, whole
	case fUser:
		return told(userOf(s, x))
	case fStatus:
		return x.Reply.Status, whole
	case fResponseCode:
		return x.Reply.ResponseCode, whole
	case fEnhanced:
		return x.Reply.Enhanced, whole
	case fText:
		return x.Reply.Text, whole
	case fStage:
		return string(x.Stage), whole
	}
	return rawOfSession(s, f)
}

// userOf gives the name that the client logs on with at exchange x of s: the
// one that its own command names, or the latest one before it. "" if the
// capture does not show one.
func userOf(s *parsers.Session, x *parsers.Exchange) string {
	user := ""
	for i := range s.Exchanges {
		e := &s.Exchanges[i]
		switch e.Verb {
		case "USER", "APOP", "AUTHINFO USER":
			user = firstArg(e.Args)
		case "LOGIN":
			if s.Protocol == "imap" {
				user = firstArg(e.Args)
			}
		}
		if e == x {
			break
		}
	}
	return user
}

// firstArg gives the first argument, without the quotes of a quoted string.
func firstArg(args string) string {
	args = strings.TrimSpace(args)
	if strings.HasPrefix(args, `"`) {
		if end := strings.IndexByte(args[1:], '"'); end >= 0 {
			return strings.ReplaceAll(args[1:1+end], `\\`, `\`)
		}
	}
	word, _, _ := strings.Cut(args, " ")
	return word
}

func rawOfSession(s *parsers.Session, f fieldID) (string, knowledge) {
	switch f {
	case fProtocol:
		return told(s.Protocol)
	case fServer:
		return told(s.Server)
	case fProduct:
		return told(s.Product)
	case fVersion:
		return told(s.Version)
	case fConnect:
		return told(string(s.Connect))
	case fGreeting:
		return greetingText(s, s.Greeting)
	case fBanner:
		return greetingText(s, s.Banner)
	case fFailedStage:
		return string(s.FailedStage), whole
	case fOutcome:
		return told(string(s.Outcome))
	case fClosedBy:
		return told(s.ClosedBy)
	case fEcho:
		return told(s.Echo)
	case fUnansweredCommand:
		if len(s.Unanswered) == 0 {
			return "", whole
		}
		return s.Unanswered[0].Verb, whole
	case fUnsolicited:
		var texts []string
		for _, u := range s.Unsolicited {
			texts = append(texts, u.Text)
		}
		return strings.Join(texts, "\n"), whole
	}
	return "", nothing
}

// told treats an empty text as one that the capture does not tell.
func told(s string) (string, knowledge) {
	if s == "" {
		return "", nothing
	}
	return s, whole
}

func greetingText(s *parsers.Session, text string) (string, knowledge) {
	if text == "" && s.GreetingSeen == parsers.Unknown {
		return "", nothing
	}
	return text, whole
}

// number gives a numeric field.
func (v *view) number(f fieldID) (int64, knowledge) {
	switch {
	case v.event != nil:
		switch f {
		case fID:
			return int64(v.event.ID), carried(v.event, parsers.FieldID)
		case fQualifiers:
			return int64(v.event.Qualifiers), carried(v.event, parsers.FieldQualifiers)
		}
	case v.exchange != nil && f == fCode:
		if v.exchange.Reply.Code == 0 {
			return 0, whole
		}
		return int64(v.exchange.Reply.Code), whole
	case v.session != nil:
		switch f {
		case fPort:
			if v.session.Port == 0 {
				return 0, nothing
			}
			return int64(v.session.Port), whole
		case fExchanges:
			return int64(len(v.session.Exchanges)), whole
		case fUnanswered:
			return int64(len(v.session.Unanswered)), whole
		}
	}
	return 0, nothing
}

// truth gives a true/false field.
func (v *view) truth(f fieldID) parsers.Tri {
	switch {
	case v.exchange != nil && f == fOK:
		return parsers.TriOf(v.exchange.Reply.OK)
	case v.exchange != nil && f == fInferred:
		return parsers.TriOf(v.exchange.Inferred)
	case v.session != nil && f == fGreeted:
		return v.session.GreetingSeen
	case v.session != nil && f == fAuthenticated:
		return v.session.Authenticated
	}
	return parsers.Unknown
}

// list gives a field that is a list of texts, as written.
func (v *view) list(f fieldID) ([]string, knowledge) {
	switch f {
	case fStrings:
		if v.event == nil {
			return nil, nothing
		}
		return v.event.Strings, carried(v.event, parsers.FieldStrings)
	case fCodes:
		return v.errorCodes()
	}
	return nil, nothing
}

// errorCodes finds the error codes of the record, once. A rendered message
// names all of its codes; where only a part of the text is known, a code that
// is not found proves nothing.
func (v *view) errorCodes() ([]string, knowledge) {
	k := whole
	if v.event != nil {
		k = messageKnown(v.event)
	}
	if v.hasCodes {
		return v.codes, k
	}
	v.hasCodes = true
	v.codes = v.codes[:0]
	if v.line != nil {
		v.codes = append(v.codes, parsers.Codes(v.line.Text)...)
		return v.codes, k
	}
	if v.event == nil {
		return nil, nothing
	}
	v.codes = CodesOf(v.event)
	return v.codes, k
}

// CodesOf gives the error codes of an event's message, strings and data,
// normalised, each once.
func CodesOf(e *parsers.Event) []string {
	out := parsers.Codes(e.Message)
	for _, s := range e.Strings {
		out = parsers.AppendCodes(out, s)
	}
	strs := e.Strings
	for _, d := range e.Data {
		if len(strs) > 0 && strs[0] == d.Value { // the same value under its name
			strs = strs[1:]
			continue
		}
		out = parsers.AppendCodes(out, d.Value)
	}
	return out
}

// named gives a named value in lower case.
func (v *view) named(key string) (string, knowledge) {
	if v.event == nil {
		return "", nothing
	}
	value, ok := v.event.DataValue(key)
	if !ok {
		return "", nothing
	}
	return v.lower(value), whole
}

// lower folds a value that is not a field of its own. It is valid until the
// next but one call: two of them can be compared.
func (v *view) lower(s string) string {
	v.turn ^= 1
	return v.values[v.turn].lower(s)
}
