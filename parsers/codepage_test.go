package parsers

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestCodePages tells the code pages of a few lines of a log, as they are
// mostly: a word or two of the language between names and numbers.
func TestCodePages(t *testing.T) {
	const row = "2006-04-03\t10:15:30\tService Control Manager\t"
	for _, c := range []struct{ page, text string }{
		{"windows-1252", "Überwachung läuft, Größe für Öl"},
		{"windows-1252", "L’enregistrement a échoué, près du répertoire « été »"},
		{"windows-1252", "Não é possível; as operações não serão concluídas"},
		{"windows-1252", "El servicio no se inició; conexión señalada"},
		{"windows-1252", "Ikke tilgængelig, før påbegyndelsen"},
		{"windows-1252", "The \u201cspooler\u201d service didn\u2019t start \u2013 again\u2026"},
		{"cp850", "Überwachung läuft, Größe für Öl"},
		{"cp850", "L'enregistrement a échoué, près du répertoire été"},
		{"windows-1250", "Błąd Nie można uruchomić usługi"},
		{"windows-1250", "Chyba Upozornění: počítač nemohl být spuštěn, službu řídí"},
		{"windows-1250", "Idõpont: a kiszolgáló nem válaszol, időtúllépés történt, hűtő"},
		{"cp852", "Błąd Nie można uruchomić usługi, żądanie"},
		{"cp852", "Upozornění: počítač nemohl být spuštěn, službu řídí"},
		{"windows-1254", "Uyarı: hizmet başlatılamadı, değişiklik geçersiz"},
		{"windows-1257", "Klaida: tarnyba neįvyko, šių įrašų nėra, pradžia"},
		{"windows-1251", "Ошибка"},
		{"ibm866", "Ошибка: служба остановлена"},
		{"windows-1253", "Σφάλμα: η υπηρεσία διακόπηκε"},
	} {
		text := strings.ReplaceAll(c.text, "õ", "\u0151")
		if c.page == "windows-1252" {
			text = c.text
		}
		raw, err := encodingByName(c.page).NewEncoder().String(row + text + "\r\n" + row + "plain\r\n")
		if err != nil {
			t.Fatal(c.page, err)
		}
		h := NewHead([]byte(raw), true)
		if !strings.Contains(h.Text, text) {
			t.Errorf("%s: %q is read as %s: %q", c.page, text, h.Encoding, h.Text)
		}
	}
}

func TestUTF16WithoutMark(t *testing.T) {
	text := "ログの名前:         System\r\nソース:           Spool\r\n説明:\r\nキューがいっぱいです。新しいメッセージは受け入れられません。\r\n"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var raw []byte
		for _, u := range utf16.Encode([]rune(text)) {
			raw = order.AppendUint16(raw, u)
		}
		if h := NewHead(raw, true); h.Text != strings.ReplaceAll(text, "\r", "") {
			t.Errorf("%s: %q", h.Encoding, h.Text)
		}
	}
	if h := NewHead([]byte("a line\r\x00\n\x00 of a damaged file, which is of bytes\r\n"), true); strings.HasPrefix(h.Encoding, "utf-16") {
		t.Errorf("bytes are read as %s", h.Encoding)
	}
}
