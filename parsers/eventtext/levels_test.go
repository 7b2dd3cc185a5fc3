package eventtext

import (
	"strings"
	"testing"

	"kbdiag/parsers"
)

func TestLevelOf(t *testing.T) {
	tests := []struct {
		word string
		want parsers.Level
		lang string
	}{
		{"Error", parsers.LevelError, ""},
		{" error ", parsers.LevelError, ""},
		{"ERROR", parsers.LevelError, ""},
		{"Success Audit", parsers.LevelAuditSuccess, "en"},
		{"Failure Audit ", parsers.LevelAuditFailure, "en"},
		{"FailureAudit", parsers.LevelAuditFailure, "en"},
		{"Informationen", parsers.LevelInformation, "de"},
		{"Überwachung gescheitert", parsers.LevelAuditFailure, "de"},
		{"ÜBERWACHUNG GESCHEITERT", parsers.LevelAuditFailure, "de"},
		{"Échec de l\u2019audit", parsers.LevelAuditFailure, "fr"},
		{"Échec de l'audit", parsers.LevelAuditFailure, "fr"},
		{"Advertencia", parsers.LevelWarning, "es"},
		{"Avviso", parsers.LevelWarning, "it"},
		{"Сведения", parsers.LevelInformation, "ru"},
		{"信息", parsers.LevelInformation, "zh-CN"},
		{"資訊", parsers.LevelInformation, "zh-TW"},
		{"監査の失敗", parsers.LevelAuditFailure, "ja"},
		{"警告", parsers.LevelWarning, ""},
		{"Błąd", parsers.LevelError, "pl"},
		{"\u200eWarning", parsers.LevelWarning, "en"},
		{"", parsers.LevelUnknown, ""},
		{"Errors", parsers.LevelUnknown, ""},
	}
	for _, tt := range tests {
		if got := levelOf(tt.word); got != tt.want {
			t.Errorf("levelOf(%q) = %v, want %v", tt.word, got, tt.want)
		}
		if got := levelLanguage(tt.word); got != tt.lang {
			t.Errorf("levelLanguage(%q) = %q, want %q", tt.word, got, tt.lang)
		}
	}
}

// TestLevelWordsAgree holds that no word stands for two levels.
func TestLevelWordsAgree(t *testing.T) {
	for _, w := range levelWords {
		for _, word := range strings.Split(w.words, "|") {
			if l := levelOf(word); l != w.level {
				t.Errorf("%q is listed as %v and as %v", word, w.level, l)
			}
		}
	}
}

func TestAuditOf(t *testing.T) {
	if l := auditOf("Classic,Audit Failure"); l != parsers.LevelAuditFailure {
		t.Errorf("got %v", l)
	}
	if l := auditOf("Klassisch"); l != parsers.LevelUnknown {
		t.Errorf("got %v", l)
	}
}

func TestAbsent(t *testing.T) {
	for _, v := range []string{"", " ", "N/A", "n/a ", "None", "NONE", "-", "(0)", "Nicht zutreffend", "暂缺", "No disponible", "Keine", "Aucun", "Нет", "なし"} {
		if !absent(v) {
			t.Errorf("absent(%q) = false", v)
		}
	}
	for _, v := range []string{"0", "(807)", "SERVER", "<servername>", "NONE1", `NT AUTHORITY\SYSTEM`, "Nonesuch"} {
		if absent(v) {
			t.Errorf("absent(%q) = true", v)
		}
	}
}
