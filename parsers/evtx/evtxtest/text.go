package evtxtest

import (
	"encoding/binary"
	"strconv"
	"time"
)

func fileTimeText(n uint64) string {
	return time.Unix(int64(n/1e7)-11644473600, int64(n%1e7)*100).UTC().Format("2006-01-02T15:04:05.0000000Z")
}

func sidText(b []byte) string {
	s := "S-1-5"
	for i := 8; i+4 <= len(b); i += 4 {
		s += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(b[i:])), 10)
	}
	return s
}
