package engine

import (
	"slices"
	"testing"
)

func TestTemplateMatch(t *testing.T) {
	const quoted = "The lookup of <server name> failed with error logon failure. Unknown user name or bad password."
	tests := []struct {
		name, message string
		matches       bool
	}{
		{"as quoted", "The lookup of MAIL3 failed with error logon failure. Unknown user name or bad password.", true},
		{"wrapped and in capitals", "THE LOOKUP OF mail3.example.test\n  failed with error LOGON FAILURE.\nUnknown user name or bad password.", true},
		{"reworded a little", "Lookup of MAIL3 failed: logon failure, unknown user name or bad password", true},
		{"only the beginning", "The lookup of MAIL3 failed with error logon failure.", false},
		{"another text", "The service was started.", false},
		{"nothing", "", false},
	}
	weights := newWordWeights()
	weights.add(quoted)
	tm := newTemplate(quoted, weights)
	for _, tt := range tests {
		m := matchText(tm, tt.message)
		if got := m.coverage >= matchCoverage || m.prefix; got != tt.matches {
			t.Errorf("%s: coverage %.2f, prefix %v, want match %v", tt.name, m.coverage, m.prefix, tt.matches)
		}
	}
}

func TestTemplatePrefix(t *testing.T) {
	weights := newWordWeights()
	tm := newTemplate("Unable to bind to the port because another program is listening there already, %1.", weights)
	if !matchText(tm, "Unable to bind to the port because another program is listening (WSAEADDRINUSE)").prefix {
		t.Error("nine words from the beginning were not found")
	}
	if matchText(tm, "Could not bind to the port because another program is listening there already").prefix {
		t.Error("another beginning counts as prefix")
	}
}

func TestTokensSlots(t *testing.T) {
	slots := 0
	words := ""
	for _, k := range tokens(`Error 0x80070005 on C:\exchsrvr\mdbdata\edb.log for <user> (%1, [path], nnn) at \\MAIL3\share: can't open`) {
		if k.slot {
			slots++
			continue
		}
		words += k.word + " "
	}
	if want := "error on for at can't open "; words != want {
		t.Errorf("words %q, want %q", words, want)
	}
	if slots != 7 {
		t.Errorf("%d slots, want 7", slots)
	}
}

func TestTokensOfJoinedWords(t *testing.T) {
	joined, apart := tokens("HrLookupCredentials() call"), tokens("Hr lookup credentials () call")
	if !slices.Equal(joined, apart) {
		t.Errorf("joined words are %v, the same words apart %v", joined, apart)
	}
}

func TestSameVersion(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{"5.5", "5.5", true},
		{"5.5", "5.5 SP3", true},
		{"5.5", "5.0", false},
		{"2000", "2000", true},
		{"2000", "2003", false},
		{"4", "4.0", true},
	}
	for _, tt := range tests {
		if got := sameVersion(tt.a, tt.b); got != tt.same {
			t.Errorf("sameVersion(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func matchText(t *template, message string) textMatch {
	var m messageWords
	m.split(message)
	return t.match(&m)
}
