package article

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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
	file = bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))
	seal, text, ok := bytes.Cut(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), []byte("\n"))
	if !ok || !bytes.HasPrefix(seal, []byte(sealMark)) {
		return false
	}
	whole := Sealed(text)
	return bytes.HasPrefix(whole, append(seal, '\n'))
}

// ruleID is the line of a rule file with its id.
var ruleID = regexp.MustCompile(`(?m)^id\s*=\s*["']([A-Z]+[0-9]+)["']`)

// DraftsIn gives the rule files in a folder and those below it by the id of the
// rule: authors put them in order, under other names too. Of several with one
// id it gives the first by path.
func DraftsIn(dir string) (map[string]string, error) {
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".toml") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if m := ruleID.FindSubmatch(raw); m != nil && found[string(m[1])] == "" {
			found[string(m[1])] = path
		}
		return nil
	})
	return found, err
}
