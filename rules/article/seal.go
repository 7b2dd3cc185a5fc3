package article

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// sealMark begins the first line of a draft, which holds the checksum of the
// lines after it: as long as it holds, nobody has edited the draft.
const sealMark = "# draft, unedited while this checksum holds: "

// Sealed puts the seal above the text of a draft.
func Sealed(text []byte) []byte {
	sum := sha256.Sum256(text)
	return append([]byte(sealMark+hex.EncodeToString(sum[:8])+"\n"), text...)
}

// Untouched says whether a file is a draft as it was written.
func Untouched(file []byte) bool {
	seal, text, ok := bytes.Cut(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), []byte("\n"))
	if !ok || !bytes.HasPrefix(seal, []byte(sealMark)) {
		return false
	}
	whole := Sealed(text)
	return bytes.HasPrefix(whole, append(seal, '\n'))
}
