package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// column is what a column or a labelled value of a tool's output means.
type column uint8

const (
	colOther column = iota
	colLog
	colRecord
	colTime
	colID
	colLevel
	colTypeNumber // 1, 2, 4, 8, 16
	colCategory
	colCategoryNumber
	colSource
	colStrings // joined with |
	colHost
	colUser
	colMessage
	colData
	colKeywords
	colIgnored // known, of no use
	colCount
)

// columnNames are the names that Log Parser [Log Parser 2.2, EVT fields],
// eventquery and NirSoft's viewers print, in lower case, without what is no
// letter.
var columnNames = map[string]column{
	"eventlog": colLog, "log": colLog, "logtype": colLog, "channel": colLog, "logname": colLog,
	"recordnumber": colRecord, "recordid": colRecord, "eventrecordid": colRecord,
	"timegenerated": colTime, "timewritten": colTime, "datetime": colTime, "eventtime": colTime, "time": colTime,
	"eventid": colID, "event": colID, "id": colID,
	"eventtype": colTypeNumber, "eventtypename": colLevel, "type": colLevel, "level": colLevel,
	"eventcategory": colCategoryNumber, "eventcategoryname": colCategory, "category": colCategory, "task": colCategory,
	"sourcename": colSource, "source": colSource, "provider": colSource,
	"strings": colStrings, "eventstrings": colStrings,
	"computername": colHost, "computer": colHost,
	"sid": colUser, "user": colUser, "username": colUser,
	"message": colMessage, "description": colMessage, "eventdescription": colMessage,
	"opcode": colIgnored, "processid": colIgnored, "threadid": colIgnored, "eventdatalength": colIgnored, "recordlength": colIgnored,
	"data": colData, "keywords": colKeywords, "eventdata": colData,
}

// columnOf looks up the name of a column.
func columnOf(name string) column {
	var buf [32]byte
	b := buf[:0]
	for i := 0; i < len(name) && len(b) < len(buf); i++ {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c|0x20)
		case c >= 'a' && c <= 'z':
			b = append(b, c)
		}
	}
	return columnNames[string(b)]
}

// setColumn stores one value. It reports false where it cannot be of the
// column: the row is none of the table.
func (s *scan) setColumn(rec *record, c column, v string) bool {
	e := &rec.event
	v = eventtext.Trim(v)
	if v == "NULL" || v == "<NULL>" { // as Log Parser prints one
		v = ""
	}
	switch c {
	case colLog:
		rec.setText(parsers.FieldLog, v)
	case colRecord:
		if n, ok := number64(v); ok {
			e.Pos.Record = n
			e.Known |= parsers.FieldRecord
		}
	case colTime:
		if !rec.dated && v != "" {
			return rec.setDate(v)
		}
	case colID:
		return rec.setID(v)
	case colLevel:
		e.SetLevel(levelOfName(v))
	case colTypeNumber:
		if n, ok := number64(v); ok {
			e.SetLevel(eventtext.LevelOfType(uint32(n)))
		} else {
			e.SetLevel(levelOfName(v))
		}
	case colCategory:
		if isNumber(v) {
			rec.setCategory(v)
		} else {
			rec.setText(parsers.FieldCategory, v)
		}
	case colCategoryNumber:
		if e.Category == "" {
			rec.setCategory(v)
		}
	case colSource:
		rec.setText(parsers.FieldProvider, v)
	case colStrings:
		s.setStrings(e, v)
	case colHost:
		rec.setText(parsers.FieldHost, strings.TrimPrefix(v, `\\`))
	case colUser:
		rec.setText(parsers.FieldUser, v)
	case colMessage:
		if v != "" {
			e.Set(parsers.FieldMessage, v)
		}
	case colKeywords:
		for _, word := range strings.Split(v, ",") {
			if l := eventtext.LevelOf(word); l == parsers.LevelAuditFailure || l == parsers.LevelAuditSuccess {
				e.SetLevel(l)
			}
		}
	case colData:
		if v = eventtext.Present(v); v != "" {
			e.Data = append(e.Data, parsers.Named{Name: "Data", Value: v})
			e.Known |= parsers.FieldData
		}
	}
	return true
}

// setStrings takes strings joined with |, the separator of Log Parser.
func (s *scan) setStrings(e *parsers.Event, v string) {
	e.Known |= parsers.FieldStrings
	if v == "" {
		return
	}
	start := len(s.strs)
	for more := true; more; {
		var one string
		one, v, more = strings.Cut(v, "|")
		s.strs = append(s.strs, one)
	}
	e.Strings = s.strs[start:len(s.strs):len(s.strs)]
}

// levelOfName is the level of a word; Log Parser and WMI put "event" behind it.
func levelOfName(v string) parsers.Level {
	if l := eventtext.LevelOf(v); l != parsers.LevelUnknown {
		return l
	}
	if n := len(v) - len(" event"); n > 0 && strings.EqualFold(v[n:], " event") {
		return eventtext.LevelOf(v[:n])
	}
	return parsers.LevelUnknown
}
