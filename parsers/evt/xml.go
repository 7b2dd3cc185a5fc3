package evt

import (
	"encoding/hex"
	"strconv"
	"time"

	"kbdiag/parsers"
)

// AppendXML appends the event in the form that newer logs have it in. What that
// form has no place for follows as the element Record of a name space of its
// own: all of the record's fixed part that the event itself does not show.
func (rec *Record) AppendXML(dst []byte) ([]byte, error) {
	return parsers.AppendEventXML(dst, rec.Event, recordXML(rec.raw)), nil
}

// recordXML gives the fields of a record's fixed part [MS-EVEN 2.2.3]: the
// whole identifier, type and category as numbers, the time at which it was
// written, and what is said to be reserved. b may be shorter than that.
func recordXML(b []byte) string {
	if len(b) < recordHead {
		return ""
	}
	x := append([]byte(nil), `<Record xmlns="urn:kbdiag:evt"`...)
	number := func(name string, n uint64) {
		x = append(x, ' ')
		x = append(append(x, name...), `="`...)
		x = append(strconv.AppendUint(x, n, 10), '"')
	}
	number("EventID", uint64(le32(b[20:])))
	number("EventType", uint64(le16(b[24:])))
	number("EventCategory", uint64(le16(b[28:])))
	x = append(x, ` TimeWritten="`...)
	x = time.Unix(int64(le32(b[16:])), 0).UTC().AppendFormat(x, "2006-01-02T15:04:05Z")
	x = append(x, '"')
	number("ReservedFlags", uint64(le16(b[30:])))
	number("ClosingRecordNumber", uint64(le32(b[32:])))
	if sid, ok := part(b, le32(b[44:]), le32(b[40:])); ok && len(sid) > 0 && len(appendSID(nil, sid)) == 0 {
		x = append(append(append(x, ` UserSid="`...), hex.EncodeToString(sid)...), '"') // not whole
	}
	return string(append(x, '/', '>'))
}
